"""Arrays that are kept of each run for comparisons between runs: files beside the shards."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxuim.sweep.atomic import write_atomic

_FOLDER = "observed"
_IDS = "run_id"


class Observed:
    """The kept arrays of a directory of results, by run id; those of one run may lie in several."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / _FOLDER
        self._where: dict[str, dict[str, tuple[Path, int]]] = {}
        for path in sorted(self.folder.glob("[!.]*.npz")):
            self._index(path)

    def has(self, run_id: str, names: Collection[str]) -> bool:
        """Return whether all of these arrays were kept of a run."""
        return self._where.get(run_id, {}).keys() >= set(names)

    def write(self, name: str, ids: Sequence[str], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays with a leading run axis, atomically; padding beyond the ids is cut.

        A file that exists is never replaced: a number is added to a name that is taken.

        Raises:
            StoreError: the disk is full or the directory cannot be written.
        """
        self.folder.mkdir(exist_ok=True)
        path, number = self.folder / f"{name}.npz", 1
        while path.exists():
            number += 1
            path = self.folder / f"{name}-{number}.npz"
        kept: dict[str, Any] = {key: np.asarray(a)[: len(ids)] for key, a in arrays.items()}
        kept[_IDS] = np.array(ids)
        write_atomic(path, lambda file: np.savez(file, **kept))
        self._index(path)

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, np.ndarray]:
        """Return arrays of some runs by name, with a leading run axis in the order of the ids.

        Raises:
            KeyError: one of them was not kept of a run.
        """
        loaded: dict[tuple[Path, str], np.ndarray] = {}
        return {
            name: np.stack([self._one(self._where[one][name], name, loaded) for one in ids])
            for name in names
        }

    def _one(
        self, where: tuple[Path, int], name: str, loaded: dict[tuple[Path, str], np.ndarray]
    ) -> np.ndarray:
        path, place = where
        if (path, name) not in loaded:
            with np.load(path) as file:
                loaded[path, name] = file[name]
        return np.asarray(loaded[path, name][place])

    def _index(self, path: Path) -> None:
        with np.load(path) as file:
            ids, names = file[_IDS], [name for name in file.files if name != _IDS]
        for place, one in enumerate(ids):
            known = self._where.setdefault(str(one), {})
            known |= dict.fromkeys(names, (path, place))
