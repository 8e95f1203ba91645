"""Transfer between two-class mixtures: a mean classifier mixed with one that was pre-trained."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from theory.numerics.gaussian import tail

NODES = 16


class Mixtures(NamedTuple):
    """Two tasks x = y mu + z, y = +1 or -1, z standard normal in ``dimension`` dimensions.

    ``squared`` is |mu|^2, equal in both, ``cosine`` that of the angle between both mu. Each
    classifier is the mean of y x over ``samples1`` pre-training inputs with flipped labels, or over
    ``samples2`` downstream inputs with clean ones.
    """

    squared: ArrayLike
    cosine: ArrayLike
    dimension: ArrayLike
    samples1: ArrayLike
    samples2: ArrayLike


def mixed_error(share: ArrayLike, rate: ArrayLike, tasks: Mixtures) -> jax.Array:
    """Return the downstream error of w = (1 - share) w_2 + share w_1.

    Q(m / sqrt(q)), m = |mu|^2 (1 - a + a s rho), q = |mu|^2 [(1-a)^2 + a^2 s^2 + 2 a (1-a) s rho] +
    d [(1-a)^2/n_2 + a^2/n_1] with a the share and s = 1 - 2 rate. Leading order in d: the noise of
    w along the means is left out (see ``refined_error``).

    Args:
        share: weight of the pre-trained classifier, in [0, 1].
        rate: flip rate of pre-training labels.
        tasks: the two mixtures.

    Source: derived here.

    >>> round(float(mixed_error(0.0, 0.0, Mixtures(4.0, 0.8, 200, 100, 50))), 4)
    0.0786
    """
    a, s = jnp.asarray(share), 1.0 - 2.0 * jnp.asarray(rate)
    along = tasks.squared * (1.0 - a + a * s * tasks.cosine)
    size = jnp.square(1.0 - a) + jnp.square(a * s) + 2.0 * a * (1.0 - a) * s * tasks.cosine
    spread = tasks.dimension * _variance(a, tasks)
    return tail(along / jnp.sqrt(tasks.squared * size + spread))


def refined_error(share: ArrayLike, rate: ArrayLike, tasks: Mixtures) -> jax.Array:
    """Return the error of ``mixed_error`` averaged over the noise of w along both means.

    Exact but for the number of flips, which is taken as Gaussian, by Gauss-Hermite quadrature over
    the share of flips, the two components of w in the plane of the means, and its norm outside.

    Args:
        share: weight of the pre-trained classifier, in [0, 1].
        rate: flip rate of pre-training labels.
        tasks: the two mixtures; ``dimension`` above 2.

    Source: derived here.

    >>> round(float(refined_error(0.0, 0.0, Mixtures(4.0, 0.8, 200, 100, 50))), 4)
    0.079
    """
    a, s = jnp.asarray(share), 1.0 - 2.0 * jnp.asarray(rate)
    z1, z2, z3, z4, weight = _grid()
    size = jnp.sqrt(tasks.squared)
    deviation = jnp.sqrt(_variance(a, tasks))
    drawn = s + jnp.sqrt((1.0 - jnp.square(s)) / tasks.samples1) * z1
    along = size * (1.0 - a + a * drawn * tasks.cosine) + deviation * z2
    across = size * a * drawn * jnp.sqrt(1.0 - jnp.square(tasks.cosine)) + deviation * z3
    rest = tasks.dimension - 2.0
    outside = jnp.square(deviation) * (rest + jnp.sqrt(2.0 * rest) * z4)
    length = jnp.sqrt(jnp.square(along) + jnp.square(across) + outside)
    return jnp.sum(weight * tail(size * along / length))


def best_share(rate: ArrayLike, tasks: Mixtures) -> jax.Array:
    """Return the share of the pre-trained classifier with the least ``mixed_error``.

    share/(1 - share) = s rho (d/n_2) / (s^2 |mu|^2 (1 - rho^2) + d/n_1).

    Args:
        rate: flip rate of pre-training labels, at most 1/2.
        tasks: the two mixtures, with a positive cosine.

    Source: derived here (the best direction in the plane of two vectors).

    >>> float(best_share(0.5, Mixtures(4.0, 0.8, 200, 100, 50)))
    0.0
    """
    s, rho, d = 1.0 - 2.0 * jnp.asarray(rate), jnp.asarray(tasks.cosine), tasks.dimension
    against = jnp.square(s) * tasks.squared * (1.0 - jnp.square(rho)) + d / tasks.samples1
    odds = s * rho * (d / tasks.samples2) / against
    return odds / (1.0 + odds)


def _variance(share: jax.Array, tasks: Mixtures) -> jax.Array:
    """Return the variance of every coordinate of the mixed classifier."""
    return jnp.square(1.0 - share) / tasks.samples2 + jnp.square(share) / tasks.samples1


def _grid() -> tuple[np.ndarray, ...]:
    """Return four standard normal nodes and their weights, flat; three nodes for the last."""
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    few, light = np.polynomial.hermite_e.hermegauss(3)
    nodes = np.meshgrid(places, places, places, few, indexing="ij")
    joint = np.prod(np.meshgrid(weights, weights, weights, light, indexing="ij"), axis=0)
    return (*(axis.ravel() for axis in nodes), joint.ravel() / joint.sum())
