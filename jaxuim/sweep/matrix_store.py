"""The directory of a collection: ``collection.json``, and one directory of results a variant."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from jaxuim.sweep import provenance
from jaxuim.sweep.atomic import StoreError, unwritable
from jaxuim.sweep.collection import Collection
from jaxuim.sweep.results import Results, load

FILE = "collection.json"
_FORMAT = "jaxuim-collection"
_FORMAT_VERSION = 1


@dataclass(frozen=True)
class CollectionResults:
    """What a directory of a collection holds.

    ``content`` is ``collection.json``; ``results`` holds every variant that has a directory of
    results, in the order of the file.
    """

    directory: Path
    content: dict[str, Any]
    results: dict[str, Results]

    @property
    def frame(self) -> pd.DataFrame:
        """All rows of all variants, with the name of the variant in the first column."""
        parts = [
            one.frame.assign(variant=name)
            for name, one in self.results.items()
            if not one.frame.empty
        ]
        if not parts:
            return pd.DataFrame(columns=["variant"])
        whole = pd.concat(parts, ignore_index=True)
        return whole[["variant", *(name for name in whole.columns if name != "variant")]]


def is_collection_directory(directory: str | Path) -> bool:
    """Return whether a directory is that of a collection."""
    return (Path(directory) / FILE).is_file()


def begin(directory: Path, collection: Collection) -> None:
    """Create the directory of a collection, or check that what lies there is this collection.

    Raises:
        StoreError: it holds something else, or cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in directory.iterdir())
    except FileExistsError:
        raise StoreError(f"{directory}: is a file, not a directory; give another --out") from None
    except OSError as error:
        raise unwritable(directory, error) from None
    foreign = [name for name in names if not name.startswith(f".{FILE}.")]
    if foreign and FILE not in foreign:
        problem = f"holds {foreign[0]!r} but no {FILE}"
        raise StoreError(f"{directory}: {problem}; give another --out")
    earlier: dict[str, str] = {}
    if FILE in names:
        content = read_collection(directory)
        if content["name"] != collection.name:
            problem = f"holds the collection {content['name']!r}, not {collection.name!r}"
            raise StoreError(f"{directory}: {problem}; give another --out")
        earlier = content["failures"]
    note(directory, collection, {k: v for k, v in earlier.items() if k in collection.notes})


def note(directory: Path, collection: Collection, failures: dict[str, str]) -> None:
    """Write ``collection.json``; ``failures`` holds the sentence of every variant that failed."""
    content = {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        **{name: getattr(collection, name) for name in ("name", "question", "expectation")},
        **{name: getattr(collection, name) for name in ("source", "cost")},
        "variants": {name: dataclasses.asdict(one) for name, one in collection.notes.items()},
        "matrix": None if collection.matrix is None else dataclasses.asdict(collection.matrix),
        "expect": [one.model_dump(mode="json") for one in collection.expect],
        "failures": failures,
        **provenance.session(),
    }
    provenance.write_note(directory / FILE, content)


def read_collection(directory: str | Path) -> dict[str, Any]:
    """Return the content of ``collection.json``.

    Raises:
        StoreError: it is missing, unreadable, damaged, or written by a later version.
    """
    return provenance.read_note(
        Path(directory) / FILE,
        (_FORMAT, _FORMAT_VERSION),
        ("name", "variants", "matrix", "failures"),
        kind="a collection",
        remedy="run the collection again to restore it",
        remedy_in_part="run the collection again",
    )


def load_collection_results(directory: str | Path) -> CollectionResults:
    """Return the results of every variant of a collection that has any.

    Raises:
        StoreError: the directory is not that of a collection, or a variant's is damaged.
    """
    content = read_collection(directory)
    folder = Path(directory)
    there = [name for name in content["variants"] if (folder / name / provenance.FILE).is_file()]
    return CollectionResults(folder, content, {name: load(folder / name) for name in there})
