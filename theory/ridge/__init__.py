"""Ridge regression under label noise and power-law spectra: what share of the noise is inherited."""

from theory.ridge.equivalent import (
    Equivalent,
    equivalent,
    excess_risk,
    mean_weights,
    quadratic_error,
)

__all__ = ["Equivalent", "equivalent", "excess_risk", "mean_weights", "quadratic_error"]
