"""The piece of work that every contender does: many small networks on noisy digits.

The data, each run's noisy labels, batch order and initial weights are drawn here, once, with numpy:
contenders get the same numbers, so their final weights agree up to rounding, and none is charged
for drawing them.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

SIZES = (64, 128, 128, 10)
BATCH = 64
LEARNING_RATE = 1e-3
CLASSES = SIZES[-1]

Weights = list[tuple[np.ndarray, np.ndarray]]


class Work(NamedTuple):
    """Inputs of all runs: ``m`` models, ``t`` steps of ``b`` examples out of ``n``."""

    x: np.ndarray  # f32[n, 64], pixels in [0, 1]
    labels: np.ndarray  # i32[m, n], each run's own noisy labels
    order: np.ndarray  # i32[m, t, b], each run's own batches
    weights: Weights  # a layer: f32[m, in, out], f32[m, out]
    levels: np.ndarray  # f32[m], each run's noise level
    clean: np.ndarray  # i32[n]

    @property
    def model_steps(self) -> int:
        """Gradient steps of all models together."""
        return self.order.shape[0] * self.order.shape[1]


class Job(NamedTuple):
    """A contender made ready: compiled, tuned and warm.

    ``run`` does the whole work and returns when its results exist; ``collect`` turns these into
    weights, outside the timing; ``note`` says which settings were found best. A contender that
    draws noise of its own says with ``labels`` which labels i32[m, n] its models saw.
    """

    run: Callable[[], Any]
    collect: Callable[[Any], Weights]
    note: str = ""
    labels: Callable[[Any], np.ndarray] | None = None


def draw_work(models: int = 256, steps: int = 200, seed: int = 0) -> Work:
    """Draw the inputs of ``models`` runs with noise levels evenly spaced from 0 to 1."""
    from sklearn.datasets import load_digits

    x, clean = load_digits(return_X_y=True)
    clean = clean.astype(np.int32)
    levels = np.linspace(0.0, 1.0, models, dtype=np.float32)
    streams = [np.random.default_rng((seed, run)) for run in range(models)]
    return Work(
        x=(x / 16).astype(np.float32),
        labels=np.stack([_noisy(rng, clean, p) for rng, p in zip(streams, levels, strict=True)]),
        order=np.stack([rng.integers(0, len(x), (steps, BATCH), np.int32) for rng in streams]),
        weights=_initial_weights(streams),
        levels=levels,
        clean=clean,
    )


def _noisy(rng: np.random.Generator, clean: np.ndarray, level: float) -> np.ndarray:
    """Replace each label by another class with probability ``level``."""
    other = (clean + rng.integers(1, CLASSES, len(clean))) % CLASSES
    return np.where(rng.random(len(clean)) < level, other, clean).astype(np.int32)


def _initial_weights(streams: list[np.random.Generator]) -> Weights:
    """Normal weights of variance 2 / fan-in, zero biases."""
    layers = []
    for fan_in, fan_out in pairwise(SIZES):
        kernels = [rng.standard_normal((fan_in, fan_out), np.float32) for rng in streams]
        layers.append(
            (
                np.stack(kernels) * np.float32(np.sqrt(2 / fan_in)),
                np.zeros((len(streams), fan_out), np.float32),
            )
        )
    return layers


def flops_per_model_step() -> int:
    """Floating-point operations in the matrix products of one step of one model.

    Forward, weight gradients, and input gradients of all layers but the first: 8.88 MFLOP.
    """
    products = [a * b for a, b in pairwise(SIZES)]
    return 2 * BATCH * (2 * sum(products) + sum(products[1:]))


def final_losses(work: Work, weights: Weights) -> np.ndarray:
    """Mean cross-entropy of every model on its own noisy labels, ``f64[m]``."""
    losses = []
    for run, labels in enumerate(work.labels):
        hidden = work.x
        for layer, (kernel, bias) in enumerate(weights):
            hidden = hidden @ kernel[run] + bias[run]
            hidden = hidden if layer == len(weights) - 1 else np.maximum(hidden, 0)
        shifted = hidden - hidden.max(axis=1, keepdims=True)
        log_z = np.log(np.exp(shifted).sum(axis=1))
        losses.append(np.mean(log_z - shifted[np.arange(len(labels)), labels]))
    return np.asarray(losses)


def verify(work: Work, weights: Weights) -> float:
    """Check that every model learned and that no two are equal; return the mean final loss.

    Raises ``ValueError`` where a contender did not do the work.
    """
    if any(not np.isfinite(part).all() for layer in weights for part in layer):
        raise ValueError("some final weights are not finite")
    before, after = final_losses(work, work.weights), final_losses(work, weights)
    if not (after < before).all():
        raise ValueError(f"the loss of {int((after >= before).sum())} models did not fall")
    rows = np.concatenate([part.reshape(len(part), -1) for part in weights[0]], axis=1)
    if len(np.unique(rows, axis=0)) != len(rows):
        raise ValueError("two models have the same final weights")
    return float(after.mean())
