"""Inputs are restored from what is left of them: after masking, or under noise."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.models import Network, Params
from jaxuim.train.objectives.objective import Objective, Sizes, read_features

DRAWS = 8  # fixed masks or noises, the same for every example, behind the loss of one example
_MOST_FEATURES = 12  # of the exact sum over all masks

# What is left of inputs f32[n, d] and the weight of each feature's squared error, given a key and
# the shape of what is drawn: [n, d], or [d] for one draw that all examples share.
Damage = Callable[[jax.Array, jax.Array, tuple[int, ...]], tuple[jax.Array, jax.Array | float]]


def masked(sizes: Sizes, *, ratio: float = 0.5) -> Objective:
    """Return the mean squared error of the features that were masked.

    Every feature is set to 0 with probability r, each on its own; the loss of an example is
    ``sum_masked (f(x visible) - x)^2 / (r d)``. Its floor is the mean conditional variance of
    masked features given the visible ones; ``masked_floor`` has it for Gaussian inputs.

    Args:
        sizes: those of the world.
        ratio: r, the probability of being masked.

    Source: Vincent et al. 2010 (masking noise); He et al. 2022 (arXiv 2111.06377), loss on masked
    parts alone.
    """

    def damage(
        x: jax.Array, key: jax.Array, shape: tuple[int, ...]
    ) -> tuple[jax.Array, jax.Array | float]:
        hidden = jax.random.uniform(key, shape) < ratio
        return jnp.where(hidden, 0.0, x), hidden / ratio

    return _restoring(sizes, damage)


def denoising(sizes: Sizes, *, noise: float = 0.5) -> Objective:
    """Return the mean squared error ``|f(x + sigma e) - x|^2 / d``, e standard normal.

    Its floor is the mean conditional variance of a feature given the noisy input;
    ``denoising_floor`` has it for Gaussian inputs.

    Args:
        sizes: those of the world.
        noise: sigma.

    Source: Vincent et al. 2010.
    """

    def damage(
        x: jax.Array, key: jax.Array, shape: tuple[int, ...]
    ) -> tuple[jax.Array, jax.Array | float]:
        return x + noise * jax.random.normal(key, shape), 1.0

    return _restoring(sizes, damage)


def masked_floor(covariance: np.ndarray, ratio: float) -> float:
    """Return the lowest masked loss for Gaussian inputs with mean 0, summed over all masks.

    ``sum_M r^|M| (1-r)^(d-|M|) tr(S_MM - S_MV S_VV^-1 S_VM) / (r d)``, V the visible features.

    Args:
        covariance: S f[d, d], positive definite, d at most 12.
        ratio: r.

    Raises:
        ValueError: for more than 12 features.

    >>> masked_floor(np.eye(3), 0.5)
    1.0
    """
    size = len(covariance)
    if size > _MOST_FEATURES:
        raise ValueError(f"the sum over all masks takes at most 12 features, and there are {size}")
    total = 0.0
    for number in range(1, 2**size):
        hidden = (number >> np.arange(size)) & 1 == 1
        count = hidden.sum()
        left = covariance[np.ix_(hidden, hidden)]
        if count < size:
            across = covariance[np.ix_(~hidden, hidden)]
            left = left - across.T @ np.linalg.solve(covariance[np.ix_(~hidden, ~hidden)], across)
        total += ratio**count * (1 - ratio) ** (size - count) * np.trace(left)
    return float(total / (ratio * size))


def denoising_floor(covariance: np.ndarray, noise: float) -> float:
    """Return the lowest denoising loss for Gaussian inputs: ``sigma^2 tr(S (S + sigma^2)^-1) / d``.

    The optimum is linear, ``f(x) = S (S + sigma^2 I)^-1 x`` around the mean.

    Args:
        covariance: S f[d, d].
        noise: sigma.

    >>> denoising_floor(np.eye(3), 1.0)
    0.5
    """
    variances = np.linalg.eigvalsh(covariance)
    return float(np.mean(noise**2 * variances / (variances + noise**2)))


def _restoring(sizes: Sizes, damage: Damage) -> Objective:
    def errors(
        network: Network, params: Params, x: jax.Array, key: jax.Array, shape: tuple[int, ...]
    ) -> jax.Array:
        left, weight = damage(x, key, shape)
        return (weight * jnp.square(network.apply(params, left) - x)).mean(axis=-1)

    def loss(
        network: Network, params: Params, x: jax.Array, _: jax.Array, key: jax.Array
    ) -> jax.Array:
        return errors(network, params, x, key, x.shape).mean()

    def losses(network: Network, params: Params, x: jax.Array, _: jax.Array) -> jax.Array:
        keys = jax.random.split(jax.random.key(0), DRAWS)
        one = lambda key: errors(network, params, x, key, x.shape[-1:])
        return jax.lax.map(one, keys).mean(axis=0)

    return Objective(sizes.inputs, sizes.inputs, loss, read_features, losses=losses)
