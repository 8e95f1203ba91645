"""A fitting problem: the law, the usable rows, the scale of the residual and the starts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import Sample, sample
from jaxuim.laws.fits import solver
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]

ITERATIONS = 150  # at most; a fit that has arrived stops by itself


def prepared(
    law: Form,
    x: ArrayLike,
    y: ArrayLike,
    y_err: ArrayLike | None,
    groups: ArrayLike | None,
    scale: Scale,
) -> Sample:
    """Return the usable rows with weights on the scale of the fit, or say what is wrong."""
    data = sample(x, y, y_err, groups, law.inputs)
    if len(data.x) + data.dropped < len(law.names):
        raise ValueError(
            f"form {law.name!r} has {len(law.names)} parameters but only {len(data.x)} points"
        )
    law.points(x)
    if scale == "linear":
        return data
    if np.any(data.y <= 0):
        count = int(np.sum(data.y <= 0))
        raise ValueError(f"scale 'log' needs positive y; {count} of {len(data.y)} are not")
    return data if y_err is None else data._replace(weight=data.weight * data.y)


class Problem(NamedTuple):
    """What is minimised: a law, the rows, the scale of the residual, unconstrained starts."""

    law: Form
    data: Sample
    scale: Scale
    starts: Array

    @property
    def total(self) -> float:
        """The sum of squares that rounding is judged by: of y, of ones for relative errors."""
        size = self.data.weight * (self.data.y if self.scale == "linear" else 1.0)
        return float(np.sum(size**2))

    @property
    def varying(self) -> float:
        """The sum of squares around the mean of y, of log y for relative errors."""
        data = self.data
        goal = np.log(data.y) if self.scale == "log" else data.y
        middle = np.sum(data.weight**2 * goal) / np.sum(data.weight**2)
        return float(np.sum((data.weight * (goal - middle)) ** 2)) + 1e-8 * self.total

    def solve(self, delta: float) -> solver.Solution:
        """Minimise from every start with Huber's threshold ``delta``."""
        data = self.data
        rows = data.x.T, data.y[None], data.weight[None]
        return solver.solve(self.law, *rows, self.starts[None], delta, ITERATIONS, scale=self.scale)

    def residual(self, u: Array) -> Array:
        """Return the weighted residuals at unconstrained parameters."""
        data = self.data
        value = solver.evaluate(self.law, u, data.x.T)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.log(value / data.y) if self.scale == "log" else value - data.y
        return np.asarray(data.weight * error)


def starts_of(
    law: Form, data: Sample, scale: Scale, given: Sequence[Mapping[str, float]] | None
) -> Array:
    """Return unconstrained starts, (starts, p): the given ones or the form's own."""
    # A relative error is an absolute one with the weight 1/y.
    weight = data.weight / data.y if scale == "log" else data.weight
    if given is None:
        grid = law.start_grid(data.x.T, data.y)
        return solver.linear_starts(law, data.x.T, data.y, weight, grid)
    if not given or any(set(start) != set(law.names) for start in given):
        raise ValueError(f"every start of form {law.name!r} must name exactly {law.names}")
    values = np.array([[s[name] for name in law.names] for s in given], dtype=np.float64)
    return solver.better_starts(law, data.x.T, data.y, weight, values)
