"""What parts found, one JSON file each, so that a run goes on where it stopped."""

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import jaxuim
import theory
from jaxuim.sweep.atomic import write_atomic
from theory.study.claim import Claim, Exponent, Outcome, Row, Speed, Tip
from theory.study.size import Size

# What a part's numbers may depend on, besides the package of its claim.
SHARED = ("numerics", "ridge", "label_noise")
STUDY = ("claim.py", "size.py", "tipping.py", "exponents.py", "timing.py")
LOOKS = ("figure.py", "report", "cli")  # changes here change no number


class Stored(NamedTuple):
    """A part's outcome and the processor seconds that it took."""

    outcome: Outcome
    seconds: float


def folder_of(out: Path, size: Size, kind: str) -> Path:
    """Return the folder of a size's parts or figures: another size or seed replaces nothing.

    >>> folder_of(Path("out"), Size("quick"), "parts").as_posix()
    'out/parts/quick-0'
    """
    return out / kind / f"{size.name}-{size.seed}"


def path_of(out: Path, size: Size, claim: str, part: str) -> Path:
    """Return the file of a part.

    >>> path_of(Path("out"), Size(), "M2", "power laws").as_posix()
    'out/parts/standard-0/M2-power-laws.json'
    """
    folder = folder_of(out, size, "parts")
    return folder / f"{claim}-{re.sub(r'[^a-z0-9]+', '-', part.lower()).strip('-')}.json"


def key_of(package: str, part: str, size: Size) -> str:
    """Return a hash of what a part's numbers depend on: name, size, seed, sources, versions."""
    text = json.dumps([part, size.name, size.seed, _sources(package), _versions()])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=64)
def _sources(package: str) -> str:
    """Return a hash of the sources of a claim's package, of what it shares, and of the library."""
    here, library = Path(theory.__file__).parent, Path(jaxuim.__file__).parent
    digest = hashlib.blake2b(digest_size=16)
    for file in [here / "study" / name for name in STUDY]:
        digest.update(file.name.encode() + file.read_bytes())
    for folder in (*(here / name for name in (*SHARED, package)), library):
        for file in sorted(folder.rglob("*.py")):
            place = file.relative_to(folder)
            if not set(place.parts) & set(LOOKS):
                digest.update(f"{folder.name}/{place.as_posix()}".encode() + file.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _versions() -> list[str]:
    """Return the versions of Python and of what computes."""
    names = ("jax", "jaxlib", "numpy", "scipy", "scikit-learn", "flax", "optax")
    return [platform.python_version(), *(version(name) for name in names)]


def save(path: Path, key: str, outcome: Outcome, seconds: float) -> None:
    """Write an outcome whole or not at all.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    content = {"key": key, "seconds": seconds, "outcome": _plain(asdict(outcome))}
    text = json.dumps(content).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, lambda file: file.write(text))


def read(path: Path, key: str) -> Stored | None:
    """Return the stored outcome, or None where there is none of this key."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["key"] != key:
            return None
        return Stored(_outcome(content["outcome"]), float(content["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(value: Any) -> Any:
    """Return arrays and NumPy numbers as lists and numbers."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return np.asarray(value).tolist()
    return value


def _outcome(content: dict[str, Any]) -> Outcome:
    """Return the outcome that ``save`` wrote."""
    pair = lambda ends: None if ends is None else (ends[0], ends[1])
    return Outcome(
        rows=tuple(Row(**row) for row in content["rows"]),
        tips=tuple(Tip(**t | {"interval": pair(t["interval"])}) for t in content["tips"]),
        exponents=tuple(
            Exponent(**e | {"interval": (e["interval"][0], e["interval"][1])})
            for e in content["exponents"]
        ),
        speeds=tuple(Speed(**s) for s in content["speeds"]),
        curves={name: np.asarray(v) for name, v in content["curves"].items()},
    )


def stored(claim: Claim, package: str, size: Size, out: Path) -> dict[str, Stored]:
    """Return what is stored of a claim and still valid, by part name, in the order of its parts."""
    found = {}
    for part in claim.parts:
        entry = read(path_of(out, size, claim.id, part.name), key_of(package, part.name, size))
        if entry is not None:
            found[part.name] = entry
    return found
