"""Null distributions of the hinge tests: straight lines with Gaussian errors on a given design."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import hinge
from jaxuim.laws.checks import Sample

Array = NDArray[np.float64]

BLOCK = 500


def simulated(data: Sample, replicas: int, seed: int) -> Array:
    """Return the test statistic of ``replicas`` straight lines with errors of one size (or y_err).

    Without groups it is the largest F, with groups the largest concentration of the groups'
    contrasts. The result depends on the design alone and is remembered for the last designs seen,
    so that a page of curves on one grid simulates once.

    >>> x = np.linspace(0.0, 1.0, 21)
    >>> line = Sample(x, x, np.ones(21), None, 0)
    >>> bool(3.0 < np.quantile(simulated(line, 500, 0), 0.9) < 8.0)
    True
    """
    x = (data.x - data.x.min()) / (data.x.max() - data.x.min())
    weight = data.weight / data.weight.max()
    labels = None if data.groups is None else data.groups.tobytes()
    return _simulated(x.round(12).tobytes(), weight.round(12).tobytes(), labels, replicas, seed)


@lru_cache(maxsize=128)
def _simulated(x: bytes, weight: bytes, labels: bytes | None, replicas: int, seed: int) -> Array:
    groups = None if labels is None else np.frombuffer(labels, dtype=np.int64)
    x_array = np.frombuffer(x, dtype=np.float64)
    data = Sample(x_array, np.zeros_like(x_array), np.frombuffer(weight), groups, 0)
    model = hinge.profile(data)
    rng = np.random.default_rng(seed)
    if groups is None:
        return largest_f(data, model, replicas, rng)
    return largest_concentration(model, replicas, rng)


def largest_f(data: Sample, model: hinge.Profile, replicas: int, rng: np.random.Generator) -> Array:
    """Return the largest F over the breakpoints for independent Gaussian errors, no groups."""
    n = len(data.x)
    size = model.size.sum(axis=0)
    unit = model.direction / np.sqrt(np.where(size > 0, size, np.inf))
    middle = (data.x - data.x.mean()) / (data.x.max() - data.x.min())
    line = data.weight[:, None] * np.stack([np.ones(n), middle], axis=1)
    basis, _ = np.linalg.qr(line)
    values = []
    for start in range(0, replicas, BLOCK):
        noise = rng.standard_normal((min(BLOCK, replicas - start), n))
        rss = np.sum(noise**2, axis=1) - np.sum((noise @ basis) ** 2, axis=1)
        best = np.max((noise @ unit) ** 2, axis=1)
        values.append(best / np.maximum(rss - best, 1e-300) * (n - 3))
    return np.concatenate(values)


def largest_concentration(model: hinge.Profile, replicas: int, rng: np.random.Generator) -> Array:
    """Return the largest concentration over the breakpoints for independent Gaussian errors."""
    total = np.zeros((replicas, len(model.grid)))
    squares = np.zeros_like(total)
    for group in range(len(model.score)):
        direction = model.direction[model.labels == group]
        scores = rng.standard_normal((replicas, len(direction))) @ direction
        total += scores
        squares += scores**2
    return np.asarray(hinge.concentration(total, squares).max(axis=1))
