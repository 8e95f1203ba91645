"""Networks with free features minimised outright, by L-BFGS in NumPy from random weights."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Array = NDArray[np.float64]
Loss = Literal["squared_error", "cross_entropy"]
_OPTIONS = {"maxiter": 20_000, "maxfun": 40_000, "maxcor": 30, "ftol": 0.0, "gtol": 1e-12}


def one_hot(counts: Sequence[int]) -> Array:
    """Return the labels Y, shape (K, N), class by class.

    >>> one_hot([2, 1]).tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return np.repeat(np.eye(len(counts)), counts, axis=1)


def best_network(
    counts: Sequence[int],
    decays: Sequence[float],
    rng: np.random.Generator,
    *,
    loss: Loss = "squared_error",
    restarts: int = 1,
    scale: float = 1.0,
) -> list[Array]:
    """Return the factors, features first, of the best of several minimised networks.

    Args:
        counts: samples of each class.
        decays: weight decay of each factor, features first; their number is that of the factors.
        rng: generator of the random starts.
        loss: half the mean squared error, or the mean cross-entropy.
        restarts: networks to minimise.
        scale: standard deviation of the initial weights.
    """
    labels = one_hot(counts)
    width = len(counts) + 1
    shapes = [(width, labels.shape[1])] + [(width, width)] * (len(decays) - 2)
    shapes += [(len(counts), width)]
    size = sum(rows * columns for rows, columns in shapes)
    tried = [
        optimize.minimize(
            _objective,
            scale * rng.standard_normal(size),
            (shapes, labels, decays, loss),
            jac=True,
            method="L-BFGS-B",
            options=_OPTIONS,
        )
        for _ in range(restarts)
    ]
    best = min(tried, key=lambda result: float(result.fun))
    return _cut(best.x, shapes)


def product(factors: Sequence[Array]) -> Array:
    """Return the logits of all samples, shape (K, N)."""
    total = factors[0]
    for factor in factors[1:]:
        total = factor @ total
    return total


def _cut(theta: Array, shapes: Sequence[tuple[int, int]]) -> list[Array]:
    ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    parts = np.split(theta, ends)
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def _objective(
    theta: Array,
    shapes: Sequence[tuple[int, int]],
    labels: Array,
    decays: Sequence[float],
    loss: Loss,
) -> tuple[float, Array]:
    factors = _cut(theta, shapes)
    layers = [factors[0]]
    for factor in factors[1:]:
        layers.append(factor @ layers[-1])
    value, back = _fit(layers[-1], labels, loss)
    gradients: list[Array] = []
    for number in range(len(factors) - 1, 0, -1):
        gradients.append(back @ layers[number - 1].T)
        back = factors[number].T @ back
    gradients.append(back)
    total = []
    for factor, decay, gradient in zip(factors, decays, reversed(gradients), strict=True):
        value += 0.5 * decay * float(np.vdot(factor, factor))
        total.append((gradient + decay * factor).ravel())
    return value, np.concatenate(total)


def _fit(logits: Array, labels: Array, loss: Loss) -> tuple[float, Array]:
    """Return the mean loss and its gradient by the logits."""
    count = labels.shape[1]
    if loss == "squared_error":
        difference = logits - labels
        return float(np.vdot(difference, difference)) / (2 * count), difference / count
    log = special.log_softmax(logits, axis=0)
    return -float(np.vdot(labels, log)) / count, (np.exp(log) - labels) / count
