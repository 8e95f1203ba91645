"""A world from the user's own .npz file of features and labels."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from jaxuim.worlds.data import WorldData
from jaxuim.worlds.labelled import Labelled, world_of

LARGEST = 1e30  # an input of x in size
_X, _Y = ("x", "features"), ("y", "labels")


def build(
    *,
    path: str,
    held_out: float = 0.3,
    shortcut: bool = False,
    shots: int = 5,
    second_shortcut: bool | None = None,
) -> WorldData:
    """Return the world in the .npz file at ``path``.

    The file holds ``x`` (or ``features``), ``y`` (or ``labels``: integers or text) and, if you have
    them, ``groups`` (integers or text). Features [n, d] are flat; [n, height, width] and
    [n, height, width, channels] are images and are scaled to [0, 1]. How classes are held out, how
    parts are split and what near_ood is: see :func:`jaxuim.worlds.labelled.world_of`.

    Args:
        path: the file, relative to the working directory.
        held_out: share of the classes kept for far_ood, the last in the order of their labels.
        shortcut: whether downstream inputs carry an attribute that a bias can tie to the label.
        shots: labels a class of the few_shot task.
        second_shortcut: whether there is a second attribute.

    Raises:
        ValueError: if the file or a key is missing, shapes disagree, a number is not finite, or
            there are too few classes or examples.

    >>> build(path="none.npz")
    Traceback (most recent call last):
    ValueError: world.path = 'none.npz' is not a file
    """
    x, y, groups = _read(path)
    if x.ndim not in (2, 3, 4) or x.size == 0:
        raise ValueError(
            f"world.path = {path!r}: x has shape {x.shape}; allowed are [n, features], "
            f"[n, height, width] and [n, height, width, channels]"
        )
    if x.dtype.kind not in "fiub" or not (np.abs(x.astype(np.float64)) <= LARGEST).all():
        raise ValueError(
            f"world.path = {path!r}: x must hold real numbers of at most {LARGEST:g} in size"
        )
    for name, value in (("y", y), ("groups", groups)):
        if value is not None and (value.shape != x.shape[:1] or value.dtype.kind not in "iubU"):
            raise ValueError(
                f"world.path = {path!r}: {name} has shape {value.shape} and type {value.dtype}; "
                f"it must hold one integer or text for each of the {len(x)} rows of x"
            )
    if groups is not None:
        groups = np.unique(groups, return_inverse=True)[1].astype(np.int32)
    shape = None if x.ndim == 2 else (x.shape[1], x.shape[2], x.shape[3] if x.ndim == 4 else 1)
    data = Labelled(x if shape is None else _unit(x), y, groups, shape)
    name = f"world.path = {path!r}"
    world = world_of(
        name,
        data,
        held_out=held_out,
        shortcut=shortcut,
        shots=shots,
        second_shortcut=bool(second_shortcut),
    )
    return world._replace(name=f"arrays:{Path(path).name}")


def _read(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return x, y and groups (None where there are no groups)."""
    if not Path(path).is_file():
        raise ValueError(f"world.path = {path!r} is not a file")
    try:
        with Path(path).open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it holds a single array")
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as broken:
        raise ValueError(
            f"world.path = {path!r} cannot be read as an npz file of plain arrays: {broken}"
        ) from broken
    return _one(arrays, _X, path), _one(arrays, _Y, path), arrays.get("groups")


def _one(arrays: dict[str, np.ndarray], keys: tuple[str, str], path: str) -> np.ndarray:
    """Return the array that stands under one of two keys; neither or both is an error."""
    held = [key for key in keys if key in arrays]
    if len(held) != 1:
        raise ValueError(
            f"world.path = {path!r} must hold either {' or '.join(keys)}, "
            f"but holds {', '.join(arrays) or 'nothing'}"
        )
    return arrays[held[0]]


def _unit(images: np.ndarray) -> np.ndarray:
    """Scale images to [0, 1]: by 255 where they are bytes, else by their smallest and largest."""
    if images.dtype == np.uint8:
        return images.astype(np.float32) / 255
    x = images.astype(np.float64)
    low, high = x.min(), x.max()
    return ((x - low) / (high - low if high > low else 1.0)).astype(np.float32)
