"""Saved ensembles: all runs' parameters in one Orbax checkpoint, any member of it restored alone.

Arrays are restored as numpy arrays, so a checkpoint loads onto any number of devices.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from orbax.checkpoint import v1 as ocp

from jaxuim.models import Params

FOLDER = "models"  # of a directory of results


def save(directory: str | Path, params: Params, ids: Sequence[str]) -> Path:
    """Save stacked parameters (leading run axis) with the ids of the runs, and return the path.

    Runs beyond the ids (padding) are cut. An existing checkpoint is replaced.

    Raises:
        ValueError: if there are more ids than runs.
    """
    runs = jax.tree.leaves(params)[0].shape[0]
    if len(ids) > runs:
        raise ValueError(f"{len(ids)} ids were given for {runs} runs")
    path = Path(directory).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    flat = {name: np.asarray(leaf)[: len(ids)] for name, leaf in _flatten(params).items()}
    ocp.save(path, flat, overwrite=True, custom_metadata={"ids": list(ids)})
    return path


def members(directory: str | Path) -> list[str]:
    """Return the ids of the runs in a checkpoint, in the order of its run axis."""
    metadata = ocp.metadata(Path(directory).absolute()).custom_metadata
    if not isinstance(metadata, dict) or "ids" not in metadata:
        raise ValueError(f"{directory}: is no checkpoint of a jaxuim ensemble")
    return [str(name) for name in metadata["ids"]]


def restore(directory: str | Path) -> Params:
    """Return the stacked parameters of all runs in a checkpoint, as numpy arrays."""
    path = Path(directory).absolute()
    saved = ocp.metadata(path).metadata
    abstract = {name: np.empty(leaf.shape, leaf.dtype) for name, leaf in saved.items()}
    loaded: dict[str, np.ndarray] = ocp.load(path, abstract)
    return _unflatten(loaded)


def restore_member(directory: str | Path, run_id: str) -> Params:
    """Return the parameters of one run.

    Raises:
        ValueError: if the checkpoint does not hold this run.
    """
    ids = members(directory)
    if run_id not in ids:
        raise ValueError(f"{directory}: holds no run {run_id!r}")
    place = ids.index(run_id)
    member: Params = jax.tree.map(lambda leaf: leaf[place], restore(directory))
    return member


def _flatten(tree: Params, prefix: str = "") -> dict[str, Any]:
    """Return nested dictionaries as one, keys joined by slashes.

    >>> _flatten({"layers": {0: 1.0}})
    {'layers/0': 1.0}
    """
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{prefix}{key}"
        flat |= _flatten(value, f"{path}/") if isinstance(value, dict) else {path: value}
    return flat


def _unflatten(flat: dict[str, Any]) -> Params:
    """Return the nested dictionaries; keys that are numbers become integers again.

    >>> _unflatten({"layers/0": 1.0})
    {'layers': {0: 1.0}}
    """
    tree: dict[Any, Any] = {}
    for path, value in flat.items():
        *parents, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
        node: dict[Any, Any] = tree
        for key in parents:
            node = node.setdefault(key, {})
        node[last] = value
    return tree
