"""Arrays that are kept of each run for comparisons between runs: files beside the shards."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxuim.sweep.atomic import write_atomic

_FOLDER = "observed"
_IDS = "run_id"


class Observed:
    """The kept arrays of a directory of results, by run id."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / _FOLDER
        self._where: dict[str, tuple[Path, int]] = {}
        for path in sorted(self.folder.glob("[!.]*.npz")):
            self._index(path)

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._where

    def write(self, name: str, ids: Sequence[str], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays with a leading run axis, atomically; padding beyond the ids is cut.

        Raises:
            StoreError: the disk is full or the directory cannot be written.
        """
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"{name}.npz"
        kept: dict[str, Any] = {key: np.asarray(a)[: len(ids)] for key, a in arrays.items()}
        kept[_IDS] = np.array(ids)
        write_atomic(path, lambda file: np.savez(file, **kept))
        self._index(path)

    def read(self, run_id: str) -> dict[str, np.ndarray]:
        """Return the kept arrays of one run by name.

        Raises:
            KeyError: nothing was kept of it.
        """
        path, place = self._where[run_id]
        with np.load(path) as file:
            return {name: file[name][place] for name in file.files if name != _IDS}

    def _index(self, path: Path) -> None:
        with np.load(path) as file:
            ids = file[_IDS]
        self._where |= {str(one): (path, place) for place, one in enumerate(ids)}
