"""Linear feedback: models that are retrained on data which they have shifted themselves."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def performative_mean(theta: ArrayLike, centre: ArrayLike, sway: ArrayLike) -> jax.Array:
    """Return mu0 + eps theta, the mean of the data that a published estimate theta brings about.

    Retraining contracts towards the stable point iff |eps| < 1.

    Args:
        theta: published estimate of the mean.
        centre: mu0, mean of the data without feedback.
        sway: eps, shift of the data's mean by a unit of the estimate.

    Source: Perdomo et al. 2020 (arXiv 2002.06673).

    >>> float(performative_mean(2.0, 1.0, 0.5))
    2.0
    """
    return jnp.asarray(centre + jnp.asarray(sway) * theta)


def stable_point(centre: ArrayLike, sway: ArrayLike) -> jax.Array:
    """Return mu0 / (1 - eps), the estimate that retraining leaves where it is.

    >>> float(stable_point(1.0, 0.5))
    2.0
    """
    return jnp.asarray(centre / (1.0 - jnp.asarray(sway)))


def performative_variance(n: ArrayLike, noise: ArrayLike, sway: ArrayLike) -> jax.Array:
    """Return noise / (n (1 - eps^2)), the stationary variance of estimates from n fresh samples.

    Args:
        n: samples in a round.
        noise: variance of a sample.
        sway: eps, |eps| < 1.

    Source: derived here (an autoregression of order one).

    >>> round(float(performative_variance(20, 1.0, 0.5)), 4)
    0.0667
    """
    return jnp.asarray(noise / (n * (1.0 - jnp.square(jnp.asarray(sway)))))


def multiplier(share: ArrayLike, amplification: ArrayLike) -> jax.Array:
    """Return s (1 + k), by which one round multiplies a deviation; stable iff below one.

    Args:
        share: s in [0, 1], share of the model's own output in the next training data.
        amplification: k, relative growth of a deviation by sampling from the model.

    Source: setting of Bertrand et al. 2023 (arXiv 2310.00429), linearised here.

    >>> round(float(multiplier(0.7, 0.3)), 3)
    0.91
    """
    return jnp.asarray(share) * (1.0 + jnp.asarray(amplification))


def stationary_bias(share: ArrayLike, amplification: ArrayLike, drift: ArrayLike) -> jax.Array:
    """Return s delta / (1 - s (1 + k)), what a drift delta of every round adds up to.

    Args:
        share: s, share of the model's own output.
        amplification: k, with s (1 + k) < 1.
        drift: delta, shift of the model's output in a round.

    Source: derived here.

    >>> round(float(stationary_bias(0.7, 0.0, 0.05)), 5)
    0.11667
    """
    return jnp.asarray(share) * drift / (1.0 - multiplier(share, amplification))
