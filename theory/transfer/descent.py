"""What gradient descent ends at instead of ridge: single-pass, early-stopped and two-layer."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.transfer.isotropic import Tasks, weight_variance

NODES = 512


def single_pass_residual(rate: ArrayLike, tasks: Tasks, step: ArrayLike) -> jax.Array:
    """Return R^2 = E |beta_2 - w|^2 after one pass of stochastic gradient descent from w = 0.

    One fresh input a step, w += step (y - x'w) x. With q = (1 - step)^n, c = 1 - 2 step +
    step^2 (d+2) and s = 1 - 2 rate, the squared distance to s beta_1 is c^n s^2 B1^2 +
    (1 - c^n)/(1 - c) step^2 [d noise + (d+2)(1 - s^2) B1^2], and R^2 follows with
    E w = (1 - q) s beta_1. Exact at any d, n and step; the place of 1/(n-d-1) in least squares is
    taken by step/(2 - step (d+2)), however large n is.

    Args:
        rate: flip rate of pre-training labels.
        tasks: the two tasks; ``samples`` is the number of steps.
        step: below 2/(d + 2).

    Source: derived here (second moments of least mean squares on Gaussian inputs).

    >>> round(float(single_pass_residual(0.0, Tasks(1.0, 10, 1000), 0.1)), 6)
    0.0
    """
    s, d = 1.0 - 2.0 * jnp.asarray(rate), jnp.asarray(tasks.dimension)
    b1, b2 = jnp.asarray(tasks.size1), jnp.asarray(tasks.size2)
    learnt = 1.0 - (1.0 - jnp.asarray(step)) ** tasks.samples
    contraction = 1.0 - 2.0 * step + jnp.square(step) * (d + 2.0)
    decay = contraction**tasks.samples
    drive = d * tasks.noise + (d + 2.0) * (1.0 - s**2) * b1**2
    signal = s**2 * b1**2
    distance = decay * signal + (1.0 - decay) / (1.0 - contraction) * step**2 * drive
    norm = distance + (2.0 * learnt - 1.0) * signal
    return b2**2 - 2.0 * tasks.cosine * b1 * b2 * s * learnt + norm


def stopped(
    squared: ArrayLike,
    dimension: ArrayLike,
    samples: ArrayLike,
    noise: ArrayLike,
    steps: ArrayLike,
    step: ArrayLike,
) -> jax.Array:
    """Return the excess risk after some steps of full-batch gradient descent from w_1.

    The gradient is that of half the training mean squared error. R^2 int (1 - step l)^(2t) dF +
    noise (d/n) int (1 - (1 - step l)^t)^2 / l dF over the Marchenko-Pastur law F of X'X/n, its atom
    at 0 included. Relative corrections are of order 1/d.

    Args:
        squared: R^2 = E |beta_2 - w_1|^2.
        dimension: d.
        samples: n_2, not d.
        noise: variance of downstream label noise.
        steps: t.
        step: below 2 / (1 + sqrt(d/n))^2.

    Source: derived here; compare Ali et al. 2019 (arXiv 1810.10082) for gradient flow.

    >>> round(float(stopped(1.0, 50, 200, 1.0, 1000, 0.5)), 4)  # least squares: d / (n - d)
    0.3333
    """
    ratio = jnp.asarray(dimension, dtype=float) / samples
    angle = (jnp.arange(NODES) + 0.5) * (jnp.pi / NODES)
    place = 1.0 + ratio + 2.0 * jnp.sqrt(ratio) * jnp.cos(angle)
    # The midpoint rule in the angle converges geometrically: the integrand is periodic and smooth.
    weight = 2.0 / NODES * jnp.square(jnp.sin(angle)) / place
    atom = jnp.maximum(1.0 - 1.0 / ratio, 0.0)
    left = jnp.abs(1.0 - step * place) ** jnp.asarray(steps)
    signed = jnp.where((1.0 - step * place < 0) & (jnp.asarray(steps) % 2 == 1), -left, left)
    bias = atom + jnp.sum(weight * jnp.square(left))
    variance = ratio * jnp.sum(weight * jnp.square(1.0 - signed) / place)
    return jnp.asarray(squared) * bias + noise * variance


def end_of_two_layers(start: ArrayLike, fitted: ArrayLike) -> jax.Array:
    """Return where gradient flow on a balanced two-layer linear network ends, interpolating.

    The product w of both layers moves so that w/|w|^(1/2) changes within the span of the inputs
    alone. Hence w = p + g (w_1 - P w_1): p interpolates within the span, and what was inherited
    outside is not kept but rescaled by g = (|w|/|w_1|)^(1/2), where |w| = N solves N^2 = |p|^2 +
    N |w_1 - P w_1|^2 / |w_1|.

    Args:
        start: (|w_1|, |w_1 - P w_1|): norms before, shape (2,).
        fitted: |p|, norm of the least-norm interpolant.

    Returns:
        g, the factor on the untouched part of w_1; a single layer has 1.

    Source: potential of Azulay et al. 2021 (arXiv 2102.09769); its use here is derived here.

    >>> float(end_of_two_layers(jnp.array([1.0, 0.0]), 4.0))
    2.0
    """
    before, outside = jnp.asarray(start)
    half = jnp.square(outside) / before / 2.0
    after = half + jnp.sqrt(jnp.square(half) + jnp.square(fitted))
    return jnp.sqrt(after / before)


def two_layers(rate: ArrayLike, tasks: Tasks, samples: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return the excess risk of a two-layer linear network fine-tuned to interpolation.

    (1 - n_2/d)(B2^2 - 2 g s rho B1 B2 + g^2 |w_1|^2) + noise n_2/(d - n_2 - 1), with g from
    ``end_of_two_layers`` at mean norms. Leading order in d; ``interpolated`` is the case g = 1.

    Args:
        rate: flip rate of pre-training labels, on which descent ends at least squares.
        tasks: the two tasks.
        samples: n_2 < d - 1.
        noise: variance of downstream label noise.

    Source: derived here.

    >>> tasks = Tasks(1.0, 100, 1000)
    >>> round(float(two_layers(0.0, tasks, 50, 0.0)), 4)  # already there
    0.0
    """
    n, d = jnp.asarray(samples, dtype=float), jnp.asarray(tasks.dimension, dtype=float)
    signal = 1.0 - 2.0 * jnp.asarray(rate)
    size = jnp.square(signal) * tasks.size1**2 + weight_variance(rate, tasks)
    kept = 1.0 - n / d
    own = noise * n / (d - n - 1.0)
    start = jnp.sqrt(jnp.stack([size, kept * size]))
    g = end_of_two_layers(start, jnp.sqrt((1.0 - kept) * tasks.size2**2 + own))
    overlap = signal * tasks.cosine * tasks.size1 * tasks.size2
    return kept * (tasks.size2**2 - 2.0 * g * overlap + jnp.square(g) * size) + own
