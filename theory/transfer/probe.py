"""A linear probe on one inherited feature: what of the downstream task it can still see."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from theory.transfer.isotropic import Tasks, noise_gain, weight_variance

NODES = 48


def alignment(rate: ArrayLike, tasks: Tasks) -> jax.Array:
    """Return E cos^2 of the angle between the pre-trained weights and the downstream task.

    To leading order (s rho B1)^2 / (s^2 B1^2 + v), v = f noise + k (1 - s^2) B1^2 being the total
    variance of the weights; relative error of order 1/d.

    Args:
        rate: flip rate of pre-training labels.
        tasks: the two tasks.

    Source: derived here.

    >>> round(float(alignment(0.0, Tasks(0.6, 100, 600))), 4)
    0.36
    """
    kept, variance = _signal(rate, tasks)
    return jnp.square(tasks.cosine) * kept / (kept + variance)


def refined_alignment(rate: ArrayLike, tasks: Tasks) -> jax.Array:
    """Return E cos^2 as ``alignment`` does, averaged over the luck of the pre-trained weights.

    The component along the pre-training task is Gaussian about s B1, with a variance that counts
    flips three times (the noise of a flip grows with the label); the squared length across is
    v chi^2_{d-1} and points anywhere. With c the cosine between weights and pre-training task,
    cos^2 = rho^2 c^2 + (1 - rho^2)(1 - c^2)/(d - 1): without any signal it is 1/d, not 0.

    Args:
        rate: flip rate of pre-training labels.
        tasks: the two tasks; ``dimension`` above 2.

    Source: derived here.

    >>> round(float(refined_alignment(0.0, Tasks(0.6, 100, 600, 0.2))), 4)
    0.3465
    """
    s, b1 = 1.0 - 2.0 * jnp.asarray(rate), tasks.size1
    d, n = (jnp.asarray(value, dtype=float) for value in (tasks.dimension, tasks.samples))
    flips = (1.0 - jnp.square(s)) * b1**2 * (n - 2.0) / (n + 2.0)
    unit = noise_gain(tasks) / d
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    few, light = np.polynomial.hermite_e.hermegauss(3)
    along = s * b1 + jnp.sqrt(unit * (tasks.noise + 3.0 * flips)) * places[:, None]
    rest = d - 1.0 + jnp.sqrt(2.0 * (d - 1.0)) * few[None, :]
    across = unit * (tasks.noise + flips) * rest
    own = jnp.square(along) / (jnp.square(along) + across)
    own = jnp.sum(weights[:, None] * light * own) / (weights.sum() * light.sum())
    square = jnp.square(tasks.cosine)
    return square * own + (1.0 - square) * (1.0 - own) / (d - 1.0)


def probe_risk(
    aligned: ArrayLike, samples: ArrayLike, noise: ArrayLike, size: ArrayLike = 1.0
) -> jax.Array:
    """Return the excess risk of regressing on the single feature x'w_1, exact given the alignment.

    m + (noise + m)/(n_2 - 2) with m = B2^2 (1 - E cos^2): what the feature cannot see is bias, and
    acts as label noise too.

    Args:
        aligned: E cos^2.
        samples: n_2 > 2.
        noise: variance of downstream label noise.
        size: B2, norm of the downstream task.

    Source: derived here.

    >>> round(float(probe_risk(1.0, 12, 1.0)), 4)
    0.1
    """
    missed = jnp.square(size) * (1.0 - jnp.asarray(aligned))
    return missed + (noise + missed) / (jnp.asarray(samples) - 2.0)


def _signal(rate: ArrayLike, tasks: Tasks) -> tuple[jax.Array, jax.Array]:
    """Return s^2 B1^2 and the total variance of the pre-trained weights."""
    signal = jnp.square(1.0 - 2.0 * jnp.asarray(rate)) * tasks.size1**2
    return signal, weight_variance(rate, tasks)
