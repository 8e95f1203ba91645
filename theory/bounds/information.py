"""What is memorised, in nats, and how far it lets training and test error differ."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from scipy import special

REACH, STEP = 12.0, 0.005  # the integrand is smooth: the trapezium rule is exact here


def mean_maximum(count: ArrayLike) -> jax.Array:
    """Return the mean of the largest of ``count`` standard normals (any real count >= 1).

    The integral of [x > 0] - Phi(x)^count; differentiable in the count.

    Source: definition of a mean by its distribution function.

    >>> round(float(mean_maximum(2.0)), 4)  # 1 / sqrt(pi)
    0.5642
    """
    x = np.arange(-REACH, REACH + 0.5 * STEP, STEP)
    below = jnp.exp(jnp.asarray(count, dtype=float) * jnp.asarray(special.log_ndtr(x)))
    after = 0.5 * (1.0 + np.sign(x.round(9)))
    return jnp.sum(jnp.asarray(after) - below) * STEP


def selection_gap(count: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return E max / sqrt(n): test minus training error of the best of ``count`` useless models.

    Their losses are standard Gaussian and independent, so that only selection separates training
    from test error.

    >>> round(float(selection_gap(10, 50)), 4)
    0.2176
    """
    return mean_maximum(count) / jnp.sqrt(jnp.asarray(n, dtype=float))


def information_bound(information: ArrayLike, n: ArrayLike, spread: ArrayLike = 1.0) -> jax.Array:
    """Return sqrt(2 spread^2 I / n), which no generalisation gap exceeds.

    Args:
        information: mutual information I(W; S) of weights and training set in nats; log K for a
            choice among K.
        n: samples.
        spread: sub-Gaussian parameter of the loss. The squared loss of Gaussian data has none.

    Source: Xu and Raginsky 2017 (arXiv 1705.07809).

    >>> round(float(information_bound(jnp.log(10.0), 50)), 4)
    0.3035
    """
    return jnp.asarray(spread) * jnp.sqrt(2.0 * jnp.asarray(information) / n)


def location_gap(d: ArrayLike, n: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return 2 d noise / n: test minus training squared error of a released mean of n points.

    The mean of N(mu, noise I_d) data is released with Gaussian noise of any size, which adds as
    much to the training as to the test error.

    Source: derived here.

    >>> round(float(location_gap(20, 50, 1.0)), 4)
    0.8
    """
    return 2.0 * jnp.asarray(d) * noise / n


def location_information(n: ArrayLike, noise: ArrayLike, release: ArrayLike) -> jax.Array:
    """Return I(W; S) / d = log(1 + noise / (n release)) / 2 of a mean released with noise, in nats.

    Args:
        n: samples.
        noise: variance of the data in each dimension.
        release: variance of the noise added to the mean.

    Source: Gaussian channel.

    >>> round(float(location_information(50, 1.0, 0.02)), 4)
    0.3466
    """
    return 0.5 * jnp.log1p(jnp.asarray(noise) / (n * jnp.asarray(release)))


def point_information(n: ArrayLike, noise: ArrayLike, release: ArrayLike) -> jax.Array:
    """Return I(W; Z_i) / d = -log(1 - rho^2) / 2, what a released mean tells of one point.

    rho^2 = (noise / n^2) / (noise / n + release). Arguments as for ``location_information``.

    Source: Bu, Zou and Veeravalli 2020 (arXiv 1901.04609) for the use; derived here.

    >>> round(float(point_information(50, 1.0, 0.02)), 5)
    0.00503
    """
    n = jnp.asarray(n, dtype=float)
    share = jnp.asarray(noise) / jnp.square(n) / (noise / n + release)
    return -0.5 * jnp.log1p(-share)


def label_information(
    inputs: ArrayLike, penalty: ArrayLike, noise: ArrayLike, release: ArrayLike
) -> jax.Array:
    """Return I(W; Y | X) = log det(I + (noise / release) B B') / 2 of released ridge weights, nats.

    B = (X'X + L)^-1 X'. What the weights remember of the label noise.

    Args:
        inputs: X, shape (n, d).
        penalty: L of the unnormalised loss |y - Xw|^2 + L |w|^2 (L = n ridge).
        noise: variance of the label noise.
        release: variance of the Gaussian noise added to each weight.

    Source: derived here.

    >>> round(float(label_information(jnp.eye(2), 0.0, 3.0, 1.0)), 4)  # log 4
    1.3863
    """
    inputs = jnp.asarray(inputs)
    size = jnp.linalg.svd(inputs, compute_uv=False)
    gain = size / (jnp.square(size) + penalty)
    return 0.5 * jnp.sum(jnp.log1p(noise / release * jnp.square(gain)))
