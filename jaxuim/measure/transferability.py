"""How well a linear head on fixed features would do, by its evidence: LogME."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.collapse import checked_classes
from jaxuim.measure.features import checked_features, scaled
from jaxuim.measure.performance import nan_unless_finite

# log(alpha/beta) beside log of the largest squared singular value: squares below 1e-12 of it are
# rounding, above it the features carry nothing
LOWEST, HIGHEST, POINTS, STEPS = -28.0, 16.0, 89, 40
SHRINK = 0.6180339887498949


def logme(features: ArrayLike, labels: ArrayLike, logits: ArrayLike | None = None) -> jax.Array:
    """Return the log evidence an example of Bayesian linear regression on 0/1 labels: LogME.

    For each class, labels y in {0, 1} are ``y ~ N(F w, 1/beta)``, ``w ~ N(0, I/alpha)`` (features
    not centred, no intercept); the evidence is maximised over alpha and beta and averaged over
    classes. Given alpha/beta, beta has a closed form; the ratio is found on a grid and refined,
    so that the result is a maximum where a fixed point can stop early.

    Args:
        features: f32[n, D].
        labels: i32[n] in [0, K).
        logits: f32[n, K]; only the number of columns counts. Without, K is the largest label + 1,
            which is unknown under jit.

    Returns:
        f32[], in nats, higher for features that separate the classes better; NaN where, while
        tracing, only one class occurs or a feature is not finite. Classes without example do not
        count.

    Raises:
        ValueError: wrong shapes, fewer than two classes among the labels, a label that is no
            class, a value that is not finite.

    Source: You et al. 2021.

    >>> good, bad = [[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]], [[1.0, 1.0]] * 4
    >>> bool(logme(good, [0, 0, 1, 1]) > logme(bad, [0, 0, 1, 1]))
    True
    """
    y, classes = checked_classes(features, labels, logits)
    return _logme(checked_features(features), y, classes)


@jax.jit(static_argnums=2)
def _logme(features: jax.Array, labels: jax.Array, classes: int) -> jax.Array:
    n, d = features.shape
    targets = jax.nn.one_hot(labels, classes, dtype=jnp.float32)
    joint = jnp.concatenate([scaled(features), targets], axis=1)
    if n > d + classes:  # the triangle keeps all inner products, and rounds no more than its input
        joint = jnp.linalg.qr(joint, mode="r")
    u, sigma, _ = jnp.linalg.svd(joint[:, :d], full_matrices=False)
    z = jnp.matmul(u.T, joint[:, d:], precision="highest")
    rest = ((joint[:, d:] - jnp.matmul(u, z, precision="highest")) ** 2).sum(axis=0)
    s2 = (sigma / jnp.where(sigma[0] > 0.0, sigma[0], 1.0)) ** 2

    def evidence(log_ratio: jax.Array) -> jax.Array:
        """Of every class, f32[K], at its own alpha/beta, with the best beta."""
        t = jnp.exp(log_ratio)
        energy = rest + (z**2 * (t / (s2[:, None] + t))).sum(axis=0)
        volume = jnp.log1p(s2[:, None] / t).sum(axis=0)
        return -0.5 * (jnp.log(2 * jnp.pi * energy / n) + 1.0 + volume / n)

    present = targets.any(axis=0)
    best = evidence(_maximise(evidence, classes))
    mean = jnp.where(present, best, 0.0).sum() / present.sum()
    return nan_unless_finite(jnp.where(present.sum() > 1, mean, jnp.nan), features)


def _maximise(function: Callable[[jax.Array], jax.Array], classes: int) -> jax.Array:
    """Return f32[K]: each class's best log ratio, by a grid and golden sections around its top."""
    grid = jnp.linspace(LOWEST, HIGHEST, POINTS)
    values = jax.lax.map(lambda point: function(jnp.full(classes, point)), grid)
    top = grid[jnp.argmax(values, axis=0)]
    step = (HIGHEST - LOWEST) / (POINTS - 1)

    def section(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low, high = ends
        inner = high - SHRINK * (high - low), low + SHRINK * (high - low)
        left = function(inner[0]) >= function(inner[1])
        return jnp.where(left, low, inner[0]), jnp.where(left, inner[1], high)

    low, high = jax.lax.fori_loop(0, STEPS, section, (top - step, top + step))
    return 0.5 * (low + high)
