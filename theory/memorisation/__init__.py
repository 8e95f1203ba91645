"""Memorisation: how many copies of a point a model repeats, and how membership shows."""

from theory.memorisation.copies import (
    half_copies,
    memorised,
    memorised_share,
    typical_leverage,
)
from theory.memorisation.membership import (
    advantage,
    copies_needed,
    expected_exposure,
    mean_separation,
    power,
    residual_advantage,
    residual_threshold,
)

__all__ = [
    "advantage",
    "copies_needed",
    "expected_exposure",
    "half_copies",
    "mean_separation",
    "memorised",
    "memorised_share",
    "power",
    "residual_advantage",
    "residual_threshold",
    "typical_leverage",
]
