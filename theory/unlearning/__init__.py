"""Unlearning in ridge regression: exact removal, gradient ascent, and deletion capacity."""

from theory.unlearning.ascent import (
    alignment,
    expected_matching_steps,
    matching_steps,
    resolvent_traces,
)
from theory.unlearning.capacity import capacity, risk_after_deletion
from theory.unlearning.removal import (
    fitted,
    influence_step,
    left_out_residual,
    leverages,
    remaining_share,
    unlearned,
)

__all__ = [
    "alignment",
    "capacity",
    "expected_matching_steps",
    "fitted",
    "influence_step",
    "left_out_residual",
    "leverages",
    "matching_steps",
    "remaining_share",
    "resolvent_traces",
    "risk_after_deletion",
    "unlearned",
]
