"""Ridge regression under label noise: what share of the noise is inherited, and by what power."""

from theory.ridge.equivalent import (
    Equivalent,
    equivalent,
    excess_risk,
    mean_weights,
    quadratic_error,
)
from theory.ridge.isotropic import least_squares_risk, shortest_risk
from theory.ridge.power_laws import (
    crossover_limit,
    crossover_samples,
    learning_rate_exponent,
    noise_exponent,
    tempered_floor,
)
from theory.ridge.tuning import prior_ridge, tuned_ridge

__all__ = [
    "Equivalent",
    "crossover_limit",
    "crossover_samples",
    "equivalent",
    "excess_risk",
    "learning_rate_exponent",
    "least_squares_risk",
    "mean_weights",
    "noise_exponent",
    "prior_ridge",
    "quadratic_error",
    "shortest_risk",
    "tempered_floor",
    "tuned_ridge",
]
