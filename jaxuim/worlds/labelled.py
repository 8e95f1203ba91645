"""A world from one labelled data set, as arrays: classes held out, parts split, inputs scaled."""

from typing import NamedTuple

import numpy as np

from jaxuim.worlds.assemble import FAR_SHARES, SHARES, Parts, assemble, stratified
from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import integers
from jaxuim.worlds.images import SHIFT, translate

FEWEST = 10  # examples of a class
FLAT_SHIFT = 0.5  # standard deviations
FLAT_SHIFT_TEXT = "every test feature moves by half its standard deviation, in a fixed direction"


class Labelled(NamedTuple):
    """A data set: x [n, ...] (images f32 in [0, 1], or flat features), y i[n], groups i[n] or None.

    Labels are any integers; groups are 0..G-1. ``image_shape`` is None for flat features.
    """

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None
    image_shape: tuple[int, int, int] | None


def world_of(
    name: str,
    data: Labelled,
    *,
    held_out: float,
    shortcut: bool,
    shots: int,
    second_shortcut: bool = False,
) -> WorldData:
    """Split a labelled data set into a world.

    The last ``held_out`` share of the classes, in the order of their labels, are far OOD (at least
    2, leaving at least 2). Each other class is split at random 64:16:20 into pool, id training and
    id test part, each held-out class in halves. Flat features are standardised by mean and
    standard deviation of the pool, constant ones become 0. near_ood: images are translated down
    by 1/16 of their height; each flat feature moves by half its standard deviation, up or down by
    a fixed draw.

    Raises:
        ValueError: if there are fewer than 4 classes or fewer than 10 examples of a class.
    """
    values, label, counts = np.unique(data.y, return_inverse=True, return_counts=True)
    if len(values) < 4:
        raise ValueError(
            f"{name} has {len(values)} classes; at least 4 are needed, 2 to pre-train on and 2 "
            f"for far_ood"
        )
    if counts.min() < FEWEST:
        raise ValueError(
            f"{name} has {counts.min()} examples of class {values[counts.argmin()]}; at least "
            f"{FEWEST} of each class are needed"
        )
    classes = len(values) - min(max(2, round(held_out * len(values))), len(values) - 2)
    near, far = np.flatnonzero(label < classes), np.flatnonzero(label >= classes)
    index = [near[part] for part in stratified(label[near], SHARES)]
    index += [far[part] for part in stratified(label[far], FAR_SHARES)]
    x = data.x.reshape(len(label), -1)
    if data.image_shape is None:
        x = _standardise(x, x[index[0]])
    label = np.where(label < classes, label, label - classes)
    groups = data.groups
    pool, id_train, id_test, far_train, far_test = (
        Part(x[i], label[i], None if groups is None else groups[i]) for i in index
    )
    near_test = id_test._replace(x=_shift(id_test.x, data.image_shape))
    parts = Parts(pool, id_train, id_test, near_test, far_train, far_test)
    return assemble(
        name,
        parts,
        image_shape=data.image_shape,
        shortcut=shortcut,
        second_shortcut=second_shortcut,
        shots=shots,
        groups=0 if groups is None else int(groups.max()) + 1,
        info={"near_ood": SHIFT if data.image_shape else FLAT_SHIFT_TEXT},
    )


def _standardise(x: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Return x with the pool's mean 0 and standard deviation 1 in every feature that varies."""
    pool = pool.astype(np.float64)
    mean, deviation = pool.mean(axis=0), pool.std(axis=0)
    varies = deviation > 1e-12 * np.abs(pool).max(axis=0)
    return np.where(varies, (x - mean) / np.where(varies, deviation, 1.0), 0.0)


def _shift(x: np.ndarray, image_shape: tuple[int, int, int] | None) -> np.ndarray:
    """Apply the near_ood shift to inputs [n, d]."""
    if image_shape is not None:
        return translate(x, image_shape)
    sign = 2.0 * integers(301, x.shape[1], 2) - 1.0
    return x + FLAT_SHIFT * sign
