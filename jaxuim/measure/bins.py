"""Bins of confidences: of equal width, of equal mass, and sums over them."""

from functools import partial

import jax
import jax.numpy as jnp

from jaxuim.measure.performance import at_label
from jaxuim.measure.sums import group_sums


def check_bins(bins: int) -> None:
    """Raise ``ValueError`` unless there is at least one bin.

    >>> check_bins(0)
    Traceback (most recent call last):
    ValueError: bins = 0 must be at least 1
    """
    if bins < 1:
        raise ValueError(f"bins = {bins} must be at least 1")


def equal_width_bins(probability: jax.Array, bins: int) -> jax.Array:
    """Return i32: b - 1 for a probability in ((b - 1)/bins, b/bins]; 0 belongs to the first.

    >>> equal_width_bins(jnp.array([0.0, 0.5, 0.51, 1.0]), 2).tolist()
    [0, 0, 1, 1]
    """
    return jnp.clip(jnp.ceil(probability * bins) - 1, 0, bins - 1).astype(jnp.int32)


def equal_mass_bins(n: int, bins: int) -> jax.Array:
    """Return i32[n]: the bin of each place in sorted order, sizes differing by at most one.

    >>> equal_mass_bins(5, 2).tolist(), equal_mass_bins(2, 3).tolist()
    ([0, 0, 0, 1, 1], [0, 1])
    """
    small, larger = divmod(n, bins)
    place = jnp.arange(n)
    within = larger + (place - larger * (small + 1)) // max(small, 1)
    return jnp.where(place < larger * (small + 1), place // (small + 1), within)


def binned_sums(chosen: jax.Array, bins: int, values: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return how many of the values lie in each bin, and their sum there, f32[bins] each.

    >>> [x.tolist() for x in binned_sums(jnp.array([0, 0, 2]), 3, jnp.array([1.0, 2.0, 5.0]))]
    [[2.0, 0.0, 1.0], [3.0, 0.0, 5.0]]
    """
    both = jnp.stack([jnp.ones_like(values), values], axis=1)
    size, total = group_sums(both, chosen, bins).T
    return size, total


@partial(jax.jit, static_argnames="bins")  # or each call would compile the loop again
def classwise_sums(
    probability: jax.Array, labels: jax.Array, bins: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return how many examples, what total probability and how many events each bin of a class has.

    Args:
        probability: f32[n, K]; each class is binned by itself, in bins of equal width.
        labels: i32[n]; class k's event is that it is the label.
        bins: how many.

    Returns:
        f32[bins, K] each.

    >>> size, total, events = classwise_sums(jnp.array([[0.2, 0.8]]), jnp.array([1]), 2)
    >>> size.tolist(), events.tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]])
    """
    chosen, classes = equal_width_bins(probability, bins), probability.shape[1]

    def one(b: jax.Array) -> tuple[jax.Array, jax.Array]:
        inside = chosen == b
        return inside.sum(axis=0), jnp.where(inside, probability, 0.0).sum(axis=0)

    size, total = jax.lax.map(one, jnp.arange(bins))  # scattering n K numbers takes longer
    cell = at_label(chosen, labels).astype(jnp.int32) * classes + labels
    events = group_sums(jnp.ones_like(cell, jnp.float32), cell, bins * classes)
    return size.astype(jnp.float32), total, events.reshape(bins, classes)
