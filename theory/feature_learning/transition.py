"""The transition at which a direction shared by many noisy tasks is learnt as a feature."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def weight_variance(noise: ArrayLike, n: ArrayLike, d: ArrayLike) -> jax.Array:
    """Return noise / (n - d - 1), the variance of an entry of weights fitted by least squares.

    Args:
        noise: variance of the label noise of pre-training.
        n: samples of a task, above d + 1.
        d: input dimension, inputs standard Gaussian.

    Source: mean of an inverse Wishart matrix.

    >>> round(float(weight_variance(2.0, 111, 10)), 6)
    0.02
    """
    return jnp.asarray(noise) / (jnp.asarray(n) - d - 1.0)


def critical_noise(strength: ArrayLike, n: ArrayLike, d: ArrayLike, m: ArrayLike) -> jax.Array:
    """Return the noise variance strength^2 (n - d - 1) / sqrt(d m) beyond which nothing is learnt.

    Args:
        strength: singular value theta of the matrix of true weights, theta u v', |u| = |v| = 1: the
            sum over all tasks, so that adding tasks of size s each means theta = s sqrt(m).
        n: samples of a task.
        d: input dimension.
        m: number of tasks.

    Source: Baik, Ben Arous and Peche 2005, Benaych-Georges and Nadakuditi 2011 (arXiv 1103.2221);
    as a model of pre-training: derived here.

    >>> round(float(critical_noise(1.0, 511, 200, 50)), 4)
    3.1
    """
    return jnp.square(strength) * (jnp.asarray(n) - d - 1.0) / jnp.sqrt(1.0 * jnp.asarray(d) * m)


def signal(ratio: ArrayLike, aspect: ArrayLike) -> jax.Array:
    """Return t^2 = theta^2 / (tau^2 m) = sqrt(c) / ratio.

    Args:
        ratio: pre-training noise over its critical value, positive.
        aspect: c = d / m.

    Source: derived here.

    >>> float(signal(0.5, 4.0))
    4.0
    """
    return jnp.sqrt(jnp.asarray(aspect, dtype=float)) / jnp.asarray(ratio)


def left_overlap(strength: ArrayLike, aspect: ArrayLike) -> jax.Array:
    """Return (u . learnt feature)^2 = 1 - c (1 + t2) / (t2 (t2 + c)), 0 where t2 <= sqrt(c).

    Args:
        strength: t2 = theta^2 / (tau^2 m), tau^2 the variance of an entry of the noise, positive.
        aspect: c = d / m; u has d entries.

    The sign of a singular vector is arbitrary: only squares mean anything. Infinite d and m.

    Source: Benaych-Georges and Nadakuditi 2011 (arXiv 1103.2221).

    >>> round(float(left_overlap(signal(0.2, 2.0), 2.0)), 5)
    0.74834
    """
    t, c = jnp.asarray(strength), jnp.asarray(aspect)
    return jnp.where(t**2 > c, 1.0 - c * (1.0 + t) / (t * (t + c)), 0.0)


def right_overlap(strength: ArrayLike, aspect: ArrayLike) -> jax.Array:
    """Return (v . right singular vector)^2 = 1 - (c + t2) / (t2 (t2 + 1)), 0 where t2 <= sqrt(c).

    Arguments and source as for ``left_overlap``; v has m entries.

    >>> round(float(right_overlap(signal(0.2, 2.0), 2.0)), 5)
    0.84106
    """
    t, c = jnp.asarray(strength), jnp.asarray(aspect)
    return jnp.where(t**2 > c, 1.0 - (c + t) / (t * (t + 1.0)), 0.0)


def top_singular_value(strength: ArrayLike, aspect: ArrayLike) -> jax.Array:
    """Return the top singular value in units of sqrt(tau^2 m).

    sqrt((1 + t2) (c + t2) / t2) above the threshold, the edge 1 + sqrt(c) of the noise below it.
    Arguments and source as for ``left_overlap``.

    >>> float(top_singular_value(0.1, 4.0))
    3.0
    """
    t, c = jnp.asarray(strength, dtype=float), jnp.asarray(aspect, dtype=float)
    safe = jnp.where(t**2 > c, t, jnp.sqrt(c))
    return jnp.sqrt((1.0 + safe) * (c + safe) / safe)


def residual_overlap(ratio: ArrayLike, aspect: ArrayLike, d: ArrayLike) -> jax.Array:
    """Return the small overlap well above the critical noise: (1 + s sqrt(c)) / (d (1 - s)^2).

    s = 1 / ratio. The top singular vector of the noise leans towards the direction that it missed;
    s = 0 leaves the 1/d of a random direction. Leading order in 1/d: near the threshold, within
    about d^(-1/3), the transition is rounded and this diverges.

    Args:
        ratio: pre-training noise over its critical value, above 1.
        aspect: c = d / m (the right vector: 1 / c, with m in the place of d).
        d: length of the vector.

    Source: derived here from the resolvent of the spiked matrix at the edge of the noise.

    >>> round(400 * float(residual_overlap(2.0, 1.0, 400)), 3)
    6.0
    """
    s = 1.0 / jnp.asarray(ratio)
    return (1.0 + s * jnp.sqrt(aspect)) / (d * jnp.square(1.0 - s))


def edge_mean(d: ArrayLike, m: ArrayLike) -> jax.Array:
    """Return the mean top singular value of d x m noise in units of sqrt(tau^2 m), at finite size.

    Squared: (sqrt d + sqrt m)^2 - 1.2065 (sqrt d + sqrt m) (d^-1/2 + m^-1/2)^(1/3), over m.

    Source: Johnstone 2001; 1.2065 is minus the mean of the Tracy-Widom law (beta = 1).

    >>> bool(edge_mean(400, 200) < 1 + jnp.sqrt(2.0))
    True
    """
    wide, tall = jnp.sqrt(jnp.asarray(m, dtype=float)), jnp.sqrt(jnp.asarray(d, dtype=float))
    edge = tall + wide
    spread = edge * (1.0 / tall + 1.0 / wide) ** (1.0 / 3.0)
    return jnp.sqrt(edge**2 - 1.2065336 * spread) / wide
