"""The spectrum of the covariance of features: participation ratio and power-law decay."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, is_traced, shape
from jaxuim.measure.features import (
    EPS,
    centred,
    product,
    scaled,
    shifted_features,
    singular_values,
)
from jaxuim.measure.host import reals
from jaxuim.measure.performance import nan_unless_finite


def participation_ratio(features: ArrayLike) -> jax.Array:
    """Return ``(sum_j lambda_j)^2 / sum_j lambda_j^2`` of the eigenvalues of the covariance.

    Args:
        features: f32[n, D], n and D at least 1; they are centred here.

    Returns:
        f32[] from 1 to min(n - 1, D); 1 where all examples are equal; while tracing, NaN if any
        feature is not finite.

    Raises:
        ValueError: not two axes, an empty axis, or, outside of tracing, a value that is not finite.

    Source: Gao et al. 2017.

    >>> round(float(participation_ratio([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])), 4)
    2.0
    """
    return _participation(shifted_features(features))


@jax.jit
def _participation(features: jax.Array) -> jax.Array:
    c = centred(features)
    gram = product(c.T, c) if c.shape[1] <= c.shape[0] else product(c, c.T)
    trace = jnp.trace(gram)
    shares = gram / jnp.where(trace > 0.0, trace, 1.0)
    ratio = jnp.where(trace > 0.0, 1.0 / (shares**2).sum(), 1.0)
    return nan_unless_finite(ratio, features)


def alpha_req(features: ArrayLike) -> jax.Array:
    """Return the exponent alpha of ``lambda_j ~ j^-alpha``, lambda the covariance's eigenvalues.

    Of r = min(n - 1, D) eigenvalues, ranks 1 + r // 20 to max(r // 2, 3) are fitted (26 to 256
    of 512): the first are single directions, the last are shaped by the number of examples.

    Args:
        features: f32[n, D]; they are centred here.

    Returns:
        f32[], at least 0; NaN where fewer than two of those eigenvalues are above rounding, or,
        while tracing, any feature is not finite.

    Raises:
        ValueError: not two axes, an empty axis, or, outside of tracing, a value that is not finite.

    Source: Agrawal et al. 2022 (alpha-ReQ); Stringer et al. 2019 for the weights; the range of
    ranks is ours.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((5000, 100)) / np.arange(1, 101)
    >>> round(float(alpha_req(x)), 1)
    2.0
    """
    x = shifted_features(features)
    rank = min(x.shape[0] - 1, x.shape[1])
    if rank < 2:
        return jnp.float32(jnp.nan)
    first, last = 1 + rank // 20, min(rank, max(rank // 2, 3))
    return nan_unless_finite(power_law_exponent(_eigenvalues(x)[:rank], first, last), x)


@jax.jit
def _eigenvalues(features: jax.Array) -> jax.Array:
    """Return f32[min(n, D)] proportional to the covariance's eigenvalues, 0 if below rounding."""
    sigma = singular_values(centred(features))
    return jnp.where(sigma > EPS * len(sigma) * sigma[0], sigma, 0.0) ** 2


def power_law_exponent(eigenvalues: ArrayLike, first: int, last: int) -> jax.Array:
    """Return minus the slope of log lambda_j on log j for ranks ``first`` to ``last``.

    Least squares with weights 1/j, under which every factor of ranks counts alike. Eigenvalues
    that are not positive are left out. Their scale does not matter.

    Args:
        eigenvalues: f[r], largest first.
        first: lowest rank, at least 1.
        last: highest rank, inclusive, at most r.

    Returns:
        f32[]; NaN where fewer than two eigenvalues are positive or, while tracing, one is not
        finite.

    Raises:
        ValueError: wrong shape, ranks outside [1, r], fewer than two, or, outside of tracing, a
            value that is not finite.

    >>> round(float(power_law_exponent([1.0, 0.25, 1 / 9, 1 / 16], 1, 4)), 4)
    2.0
    """
    (count,) = shape("eigenvalues", eigenvalues, "r")
    if not 1 <= first < last <= count:
        raise ValueError(f"ranks {first} to {last}; allowed is 1 <= first < last <= {count}")
    if is_traced(eigenvalues):
        given = finite("eigenvalues", eigenvalues)
        values = scaled(given)[first - 1 : last]
    else:
        wide = np.maximum(reals("eigenvalues", eigenvalues, "r")[first - 1 : last], 0.0)
        given = values = jnp.asarray(wide / (wide.max() or 1.0), jnp.float32)
    rank = jnp.arange(first, last + 1, dtype=jnp.float32)
    used = values > 0.0
    weight = jnp.where(used, 1.0 / rank, 0.0)
    weight = weight / weight.sum()
    u, v = jnp.log(rank), jnp.log(jnp.where(used, values, 1.0))
    u, v = u - (weight * u).sum(), v - (weight * v).sum()
    slope = (weight * u * v).sum() / (weight * u**2).sum()
    return nan_unless_finite(jnp.where(used.sum() > 1, -slope, jnp.nan), given)
