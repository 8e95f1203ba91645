"""Error on a rare class of linear discriminants: a biased prior, and a badly known centroid."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.gaussian import tail

NODES, STEP = 600, 0.1  # of the midpoint rule, in units of one over the margin's spread


def prior_error(separation: ArrayLike, prior: ArrayLike) -> jax.Array:
    """Return the error on a minority class of the rule that is optimal under its prior.

    Q(D/2 - log((1-p)/p)/D) for two Gaussians with a common covariance.

    Args:
        separation: Mahalanobis distance D of the means.
        prior: share p of the minority in what the rule was fitted to.

    Source: textbook linear discriminant analysis.

    >>> round(float(prior_error(2.0, 0.05)), 5)
    0.68161
    """
    distance, share = jnp.asarray(separation, dtype=float), jnp.asarray(prior, dtype=float)
    return tail(0.5 * distance - (jnp.log1p(-share) - jnp.log(share)) / distance)


def tipping_prior(separation: ArrayLike) -> jax.Array:
    """Return p* = 1/(1 + exp(D^2/2)), below which the minority is misclassified more than half.

    Source: derived here.

    >>> round(float(tipping_prior(2.0)), 4)
    0.1192
    """
    return jax.nn.sigmoid(-0.5 * jnp.square(jnp.asarray(separation, dtype=float)))


def centroid_error(
    distance2: ArrayLike, d: ArrayLike, minority: ArrayLike, majority: ArrayLike
) -> jax.Array:
    """Return the expected error on the minority of the nearest-centroid rule, exactly.

    The margin of a new minority point, centroids included, is a difference of two quadratic forms
    in Gaussians; its characteristic function is closed and is inverted by the midpoint rule
    (error below 1e-7 for d >= 5).

    Args:
        distance2: squared distance D^2 of the class means, in units of the variance.
        d: dimension.
        minority: samples n_min behind the minority's centroid.
        majority: samples n_maj behind the majority's.

    Source: derived here; inversion of Gil-Pelaez 1951.

    >>> round(float(centroid_error(4.0, 200, 60.0, 400.0)), 3)
    0.417
    """
    numbers = (distance2, d, 1.0 / minority, 1.0 / majority)
    return _inverted(*(jnp.asarray(v, dtype=float) for v in numbers))


@jax.jit
def _inverted(gap: jax.Array, d: jax.Array, a2: jax.Array, c2: jax.Array) -> jax.Array:
    """Return the probability of a negative margin; a2 and c2 are one over the counts."""
    q = a2 + c2 + a2 * c2
    spread = jnp.sqrt(gap * (1.0 + c2) + d * (q + 0.5 * jnp.square(c2 - a2)))
    t = (jnp.arange(NODES) + 0.5) * STEP / spread
    bottom = 1.0 + t**2 * q - 1j * t * (c2 - a2)
    log = -0.5 * d * jnp.log(bottom) + 0.5j * t * gap * (1.0 + 1j * t * (1.0 + a2)) / bottom
    return 0.5 - jnp.sum(jnp.exp(log.real) * jnp.sin(log.imag) / t) * STEP / (jnp.pi * spread)


def centroid_error_normal(
    distance2: ArrayLike, d: ArrayLike, minority: ArrayLike, majority: ArrayLike
) -> jax.Array:
    """Return the same error for a margin that is taken as normal, which it is for large d.

    Q([D^2/2 + (d/2)(1/n_maj - 1/n_min)] / sd), with the variance D^2(1 + 1/n_maj) +
    d (1/n_min + 1/n_maj + 1/(n_min n_maj) + (1/n_maj - 1/n_min)^2/2). Arguments as for
    ``centroid_error``.

    Source: expansion of Raudys and Deev, derived here with the fluctuation of the offset.

    >>> round(float(centroid_error_normal(4.0, 200, 20.0, 400.0)), 3)
    0.763
    """
    gap, a2, c2 = (jnp.asarray(v, dtype=float) for v in (distance2, 1.0 / minority, 1.0 / majority))
    q = a2 + c2 + a2 * c2
    variance = gap * (1.0 + c2) + d * (q + 0.5 * jnp.square(c2 - a2))
    return tail(0.5 * (gap + d * (c2 - a2)) / jnp.sqrt(variance))


def tipping_count(distance2: ArrayLike, d: ArrayLike, majority: ArrayLike) -> jax.Array:
    """Return n_min* = 1/(D^2/d + 1/n_maj), below which the minority does worse than chance.

    An absolute count: d/D^2 for a large majority. Exact but for the skewness of the margin, a
    relative O(1/d). Arguments as for ``centroid_error``.

    Source: derived here.

    >>> round(float(tipping_count(4.0, 200, 400.0)), 3)
    44.444
    """
    return 1.0 / (jnp.asarray(distance2, dtype=float) / d + 1.0 / jnp.asarray(majority))
