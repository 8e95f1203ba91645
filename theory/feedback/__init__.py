"""Feedback loops: models trained on their own output, and where the loop becomes unstable."""

from theory.feedback.amplification import (
    amplitude,
    amplitude_onset,
    critical_reentry,
    fold,
    fold_share,
    next_share,
    reentry_of,
    settled_share,
)
from theory.feedback.population import memory, ramp_variance, recovery_time, share_variance
from theory.feedback.retraining import (
    multiplier,
    performative_mean,
    performative_variance,
    stable_point,
    stationary_bias,
)

__all__ = [
    "amplitude",
    "amplitude_onset",
    "critical_reentry",
    "fold",
    "fold_share",
    "memory",
    "multiplier",
    "next_share",
    "performative_mean",
    "performative_variance",
    "ramp_variance",
    "recovery_time",
    "reentry_of",
    "settled_share",
    "share_variance",
    "stable_point",
    "stationary_bias",
]
