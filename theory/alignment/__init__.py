"""Alignment, prompting, wash-out and privacy: how far pre-training bias survives adaptation."""

from theory.alignment.privacy import attack_advantage, privacy_dominates_below, private_mean_error
from theory.alignment.prompting import (
    barrier,
    binary_overshoot,
    flip_length,
    flipped_at,
    flipped_by,
    normal_overshoot,
    small_step_overshoot,
)
from theory.alignment.tilting import aligned, aligned_bad, critical_bias
from theory.alignment.washout import (
    argmax_tip,
    harmful_from,
    posterior_bias,
    posterior_error,
    right_on_top,
)

__all__ = [
    "aligned",
    "aligned_bad",
    "argmax_tip",
    "attack_advantage",
    "barrier",
    "binary_overshoot",
    "critical_bias",
    "flip_length",
    "flipped_at",
    "flipped_by",
    "harmful_from",
    "normal_overshoot",
    "posterior_bias",
    "posterior_error",
    "privacy_dominates_below",
    "private_mean_error",
    "right_on_top",
    "small_step_overshoot",
]
