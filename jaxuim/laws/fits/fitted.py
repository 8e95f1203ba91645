"""The result of a fit: parameters, predictions, intervals, and the card that lets it be redone."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence, finite
from jaxuim.laws.fits import solver
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]
Status = Literal["ok", "not_converged", "failed"]
Loss = Literal["squared", "huber", "absolute"]


@dataclass(frozen=True)
class FitResult:
    """A fitted law.

    ``status`` is ``ok``, ``not_converged`` (the last step was not small, or a parameter is not
    identified by the data; ``reason`` says which) or ``failed`` (nothing finite was found:
    parameters are NaN). ``covariance`` belongs to ``u``, the parameters on their fitting scale.
    ``starts_agree`` is the share of starts that ended at the best optimum; ``value`` is the sum of
    the losses; ``residual_sd`` is on the scale of the fit.
    """

    form: Form
    params: dict[str, float]
    status: Status
    reason: str
    n: int
    dropped: int
    residual_sd: float
    aicc: float
    loss: Loss
    scale: solver.Scale
    delta: float
    value: float
    starts: int
    starts_agree: float
    decrement: float
    gradient_norm: float
    condition: float
    u: Array
    covariance: Array

    @property
    def dof(self) -> int:
        """Residual degrees of freedom, n - p."""
        return self.n - len(self.params)

    def predict(self, x: ArrayLike) -> Array:
        """Return f(x) for x of shape (n,) or (n, inputs), NaN where the fit failed."""
        return solver.evaluate(self.form, self.u, self.form.points(x).T)

    def interval(self, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Return the delta-method interval of every parameter.

        Student intervals with n - p degrees of freedom on the fitting scale, mapped back, so a
        positive parameter has a positive interval. They take the errors of all points as
        independent: for points that share a seed use ``bootstrap(..., groups=seeds)``. NaN where
        there is no residual degree of freedom or the parameter is not identified.
        """
        level = check_confidence(confidence)
        with np.errstate(invalid="ignore"):
            width = np.sqrt(np.diag(self.covariance)) * (
                special.stdtrit(self.dof, 0.5 + level / 2) if self.dof > 0 else np.nan
            )
        low = solver.natural(self.form, self.u - width)
        high = solver.natural(self.form, self.u + width)
        ends = zip(low, high, strict=True)
        return {name: (float(a), float(b)) for name, (a, b) in zip(self.params, ends, strict=True)}

    @property
    def card(self) -> dict[str, Any]:
        """The fit as plain JSON values (None for what is not finite), so that it can be redone."""
        intervals = self.interval(0.95)
        return {
            "form": self.form.name,
            "formula": self.form.formula,
            "html": self.form.html or self.form.formula,
            "params": {name: finite(value) for name, value in self.params.items()},
            "intervals": {name: [finite(a), finite(b)] for name, (a, b) in intervals.items()},
            "confidence": 0.95,
            "status": self.status,
            "reason": self.reason,
            "n": self.n,
            "dropped": self.dropped,
            "residual_sd": finite(self.residual_sd),
            "aicc": finite(self.aicc),
            "loss": self.loss,
            "scale": self.scale,
            "delta": finite(self.delta),
            "value": finite(self.value),
            "starts": self.starts,
            "starts_agree": finite(self.starts_agree),
            "decrement": finite(self.decrement),
            "gradient_norm": finite(self.gradient_norm),
            "condition": finite(self.condition),
        }
