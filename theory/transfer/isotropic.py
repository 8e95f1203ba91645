"""Isotropic transfer from flipped labels: the inherited residual and the rates at which it tips."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.ridge import excess_risk


class Tasks(NamedTuple):
    """A pre-training task and a downstream task on standard Gaussian inputs.

    ``cosine`` is that of the angle between the two coefficient vectors, ``size1`` and ``size2`` are
    their norms, ``noise`` is the variance of additive label noise in pre-training, ``dimension``
    that of the inputs and ``samples`` > dimension + 1 the number of pre-training samples. All
    scalars, that may be traced.
    """

    cosine: ArrayLike
    dimension: ArrayLike
    samples: ArrayLike
    noise: ArrayLike = 0.0
    size1: ArrayLike = 1.0
    size2: ArrayLike = 1.0


def noise_gain(tasks: Tasks) -> jax.Array:
    """Return d / (n - d - 1): |w - E w|^2 per unit of noise variance, by least squares.

    >>> float(noise_gain(Tasks(0.6, 100, 301)))
    0.5
    """
    d, n = (jnp.asarray(value, dtype=float) for value in (tasks.dimension, tasks.samples))
    return d / (n - d - 1.0)


def flip_gain(tasks: Tasks) -> jax.Array:
    """Return |w - E w|^2 per unit of (1 - s^2)|beta|^2, by least squares on flipped labels.

    d/(n-d-1) times (d+2)(n-2)/(d(n+2)): the noise of a flip grows with the label itself, hence with
    the leverage of its input. Source: derived here.

    >>> round(float(flip_gain(Tasks(0.6, 100, 301))), 4)
    0.5033
    """
    d, n = (jnp.asarray(value, dtype=float) for value in (tasks.dimension, tasks.samples))
    return noise_gain(tasks) * (d + 2.0) * (n - 2.0) / (d * (n + 2.0))


def weight_variance(rate: ArrayLike, tasks: Tasks) -> jax.Array:
    """Return E |w_1 - s beta_1|^2 = f noise + k (1 - s^2) B1^2, s = 1 - 2 rate.

    With f = ``noise_gain`` and k = ``flip_gain``; arguments as for ``residual``. Exact.

    >>> float(weight_variance(0.0, Tasks(0.6, 100, 301, 2.0)))
    1.0
    """
    flips = 1.0 - jnp.square(1.0 - 2.0 * jnp.asarray(rate))
    flips = flips * jnp.square(tasks.size1)
    return noise_gain(tasks) * tasks.noise + flip_gain(tasks) * flips


def residual(rate: ArrayLike, tasks: Tasks) -> jax.Array:
    """Return R^2 = E |beta_2 - w_1|^2, the squared error that fine-tuning starts from.

    B2^2 - 2 s rho B1 B2 + s^2 B1^2 + ``weight_variance`` with s = 1 - 2 rate. Exact at any d and
    n > d + 1.

    Args:
        rate: probability that a pre-training label is multiplied by -1, in [0, 1].
        tasks: the two tasks.

    Source: derived here.

    >>> round(float(residual(0.1, Tasks(0.6, 100, 600, 0.2))), 4)
    0.7932
    """
    s = 1.0 - 2.0 * jnp.asarray(rate)
    b1, b2 = jnp.asarray(tasks.size1), jnp.asarray(tasks.size2)
    signal = b2**2 - 2.0 * s * tasks.cosine * b1 * b2 + s**2 * b1**2
    return signal + weight_variance(rate, tasks)


def tipping_noise(tasks: Tasks) -> jax.Array:
    """Return the additive noise variance above which unflipped pre-training is worse than none.

    (2 rho B1 B2 - B1^2)(n - d - 1)/d, whatever the fine-tuning; negative where rho B2 <= B1/2:
    harmful without noise. ``tasks.noise`` is ignored. Exact. Source: derived here.

    >>> float(tipping_noise(Tasks(0.75, 100, 301)))
    1.0
    """
    b1, b2 = jnp.asarray(tasks.size1), jnp.asarray(tasks.size2)
    return (2.0 * jnp.asarray(tasks.cosine) * b1 * b2 - b1**2) / noise_gain(tasks)


def catastrophic_rate(tasks: Tasks) -> jax.Array:
    """Return the flip rate above which pre-training is worse than none, NaN if it always is.

    The smaller positive root s of (1 - k) B1^2 s^2 - 2 rho B1 B2 s + f noise + k B1^2 = 0 gives
    (1 - s)/2, whatever the samples, ridge and noise of fine-tuning (without effective ridge there,
    nothing is inherited at all). Holds for k above 1 too, where only one root is positive.

    Args:
        tasks: the two tasks, with a positive cosine.

    Source: derived here.

    >>> round(float(catastrophic_rate(Tasks(0.6, 100, 600, 0.2))), 4)
    0.3794
    """
    k = flip_gain(tasks)
    tilt = tasks.cosine * tasks.size2 / tasks.size1
    constant = noise_gain(tasks) * tasks.noise / tasks.size1**2 + k
    inside = jnp.square(tilt) - (1.0 - k) * constant
    s = constant / (tilt + jnp.sqrt(jnp.where(inside >= 0, inside, jnp.nan)))
    return jnp.where((s > 0) & (s <= 1), (1.0 - s) / 2.0, jnp.nan)


def best_rate(tasks: Tasks) -> jax.Array:
    """Return the flip rate at which R^2 is least: above 0 iff rho B2 < (1 - k) B1.

    s = clip(rho B2 / ((1 - k) B1), 0, 1): flips shrink what is inherited, and a misaligned vector
    should be shrunk. For k >= 1 no flips are best. Additive noise never helps.

    Args:
        tasks: the two tasks, with a positive cosine.

    Source: derived here; compare the finding of Chen et al. 2023 (arXiv 2309.17002) that slight
    label noise in pre-training can help downstream.

    >>> round(float(best_rate(Tasks(0.6, 100, 600, 0.2))), 4)
    0.1236
    """
    room = 1.0 - flip_gain(tasks)
    ratio = tasks.cosine * tasks.size2 / (jnp.where(room > 0, room, 1.0) * tasks.size1)
    s = jnp.where(room > 0, jnp.clip(ratio, 0.0, 1.0), 1.0)
    return (1.0 - s) / 2.0


def fine_tuned(
    squared: ArrayLike, dimension: int, samples: ArrayLike, ridge: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return the excess risk of argmin_w (1/n)|y - Xw|^2 + ridge |w - w_1|^2 on isotropic inputs.

    (kappa^2 R^2 / (1+kappa)^2 + gamma noise) / (1 - gamma): ridge regression of the residual.

    Args:
        squared: R^2 = E |beta_2 - w_1|^2; |beta_2|^2 from scratch.
        dimension: d, static.
        samples: n_2.
        ridge: penalty of the 1/n-normalised loss.
        noise: variance of downstream label noise.

    Source: as ``theory.ridge.excess_risk``.

    >>> round(float(fine_tuned(1.0, 50, 200, 0.0, 1.0)), 4)
    0.3333
    """
    spread = jnp.sqrt(jnp.asarray(squared) / dimension) * jnp.ones(dimension)
    return excess_risk(jnp.ones(dimension), spread, samples, ridge, noise)


def best_stiffness(
    squared: ArrayLike, dimension: ArrayLike, samples: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return the best penalty on the distance to w_1: noise d / (n_2 R^2); as ``fine_tuned``.

    Exact for a residual of uniformly random direction. Source: derived here (it is Bayes' rule).

    >>> float(best_stiffness(0.5, 100, 200, 1.0))
    1.0
    """
    return jnp.asarray(noise) * dimension / (jnp.asarray(samples) * squared)


def interpolated(
    squared: ArrayLike, dimension: ArrayLike, samples: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return the excess risk of the interpolant nearest to w_1, n_2 < d - 1 samples.

    (1 - n_2/d) R^2 + noise n_2/(d - n_2 - 1): a share 1 - n_2/d of the inherited error is left
    untouched. What gradient descent, stochastic or not, ends at from w_1. Exact.

    Args:
        squared: R^2 = E |beta_2 - w_1|^2; |beta_2|^2 from scratch.
        dimension: d.
        samples: n_2.
        noise: variance of downstream label noise.

    Source: derived here.

    >>> round(float(interpolated(1.0, 101, 50, 1.0)), 3)
    1.505
    """
    n, d = jnp.asarray(samples, dtype=float), jnp.asarray(dimension, dtype=float)
    return (1.0 - n / d) * jnp.asarray(squared) + noise * n / (d - n - 1.0)
