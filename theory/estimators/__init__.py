"""Estimators: how well tipping points and scaling laws can be located and fitted at all."""

from theory.estimators.limit_law import argmax_cdf, argmax_quantile, jump_interval
from theory.estimators.locations import (
    crowding,
    hinge_sd,
    hinge_sd_design,
    hinge_sd_refined,
    jump_sd,
)
from theory.estimators.scaling import (
    Constants,
    chinchilla_loss,
    fisher_sd,
    frontier_exponent,
    identified,
    optimal_parameters,
    saturating,
)
from theory.estimators.suprema import kink_tail, kink_value, mean_break_tail, mean_break_value

__all__ = [
    "Constants",
    "argmax_cdf",
    "argmax_quantile",
    "chinchilla_loss",
    "crowding",
    "fisher_sd",
    "frontier_exponent",
    "hinge_sd",
    "hinge_sd_design",
    "hinge_sd_refined",
    "identified",
    "jump_interval",
    "jump_sd",
    "kink_tail",
    "kink_value",
    "mean_break_tail",
    "mean_break_value",
    "optimal_parameters",
    "saturating",
]
