"""How far two representations of the same examples point apart: principal angles."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.features import (
    EPS,
    checked_features,
    product,
    scaled,
    singular_values,
    triangle,
)
from jaxuim.measure.performance import nan_unless_finite

DIRECTIONS = 10


def principal_angles(features: ArrayLike, other: ArrayLike, k: int | None = None) -> jax.Array:
    """Return the angles between the spans of the k leading left singular vectors of both.

    The vectors live in the space of examples, so that the bases of the two feature spaces do not
    matter. Features are not centred. Small angles come from sines, large ones from cosines.

    Args:
        features: f32[n, D].
        other: f32[n, D'], of the same examples in the same order.
        k: number of directions, at most n, D and D'; ``None`` for 10, or as many as there can be;
            static under jit.

    Returns:
        f32[k] in [0, pi/2], smallest first, in radians; all NaN where one side has fewer than k
        directions above rounding, so that the span is not determined, or, while tracing, a value
        is not finite.

    Raises:
        ValueError: wrong shapes, different n, k out of range, or, outside of tracing, a value that
            is not finite.

    Source: Bjorck and Golub 1973; Knyazev and Argentati 2002 for the sines.

    >>> principal_angles([[1.0], [0.0]], [[1.0], [1.0]], k=1).round(4)
    Array([0.7854], dtype=float32)
    """
    x = checked_features(features)
    y = checked_features(other, "other", n=x.shape[0])
    largest = min(*x.shape, y.shape[1])
    if k is not None and not 1 <= k <= largest:
        raise ValueError(f"k = {k} directions; allowed are 1 to {largest}, the least of n, D, D'")
    return _angles(x, y, min(DIRECTIONS, largest) if k is None else k)


def principal_angle_to_clean(features: ArrayLike, clean_features: ArrayLike) -> jax.Array:
    """Return the mean of the 10 principal angles between a run's features and its clean twin's.

    With fewer than 10 examples or dimensions, all of them are taken.

    Args:
        features: f32[n, D].
        clean_features: f32[n, D'], of the run with the same seed at level 0.

    Returns:
        f32[] in [0, pi/2], in radians; NaN as :func:`principal_angles`.

    Raises:
        ValueError: as :func:`principal_angles`.

    >>> float(principal_angle_to_clean([[1.0], [2.0]], [[2.0], [4.0]]))
    0.0
    """
    x = checked_features(features)
    return principal_angles(x, checked_features(clean_features, "clean_features", n=len(x))).mean()


@jax.jit(static_argnums=2)
def _angles(features: jax.Array, other: jax.Array, k: int) -> jax.Array:
    u, v = _leading(features, k), _leading(other, k)
    overlap = product(u.T, v)
    cosines = jnp.clip(singular_values(overlap), 0.0, 1.0)
    sines = jnp.clip(singular_values(v - product(u, overlap)), 0.0, 1.0)[::-1]
    angles = jnp.where(cosines**2 >= 0.5, jnp.arcsin(sines), jnp.arccos(cosines))
    return nan_unless_finite(nan_unless_finite(angles, features), other)


def _leading(features: jax.Array, k: int) -> jax.Array:
    """Return f32[n, k], the orthonormal leading left singular vectors; NaN below rank k."""
    x = scaled(features)
    _, sigma, vt = jnp.linalg.svd(triangle(x), full_matrices=False)
    determined = sigma[k - 1] > EPS * len(sigma) * sigma[0]
    u = product(x, vt[:k].T / jnp.where(determined, sigma[:k], 1.0))
    return jnp.where(determined, jnp.linalg.qr(u)[0], jnp.nan)
