"""Spurious correlation: when a shortcut beats the core feature, and what undoes it."""

from theory.shortcut.groups import Features, fitted, group_errors, strengths, worst_error
from theory.shortcut.tipping import (
    critical_correlation,
    critical_share,
    critical_stiffness,
    critical_weight,
    mixed_correlation,
    weighted_correlation,
)

__all__ = [
    "Features",
    "critical_correlation",
    "critical_share",
    "critical_stiffness",
    "critical_weight",
    "fitted",
    "group_errors",
    "mixed_correlation",
    "strengths",
    "weighted_correlation",
    "worst_error",
]
