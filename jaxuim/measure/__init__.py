"""Measures: pure functions of arrays (logits, labels, groups, features) that return one number."""

from jaxuim.measure.calibration import expected_calibration_error
from jaxuim.measure.groups import worst_class_error, worst_group_error
from jaxuim.measure.performance import error, negative_log_likelihood
from jaxuim.measure.representation import (
    effective_rank,
    largest_singular_value_ratio,
    singular_value_entropy,
)
from jaxuim.types.measures import MEASURES, chance_value

__all__ = [
    "MEASURES",
    "chance_value",
    "effective_rank",
    "error",
    "expected_calibration_error",
    "largest_singular_value_ratio",
    "negative_log_likelihood",
    "singular_value_entropy",
    "worst_class_error",
    "worst_group_error",
]
