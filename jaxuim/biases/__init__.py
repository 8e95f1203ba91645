"""Biases: named corruptions of pre-training data with a level in [0, 1]; 0 is the clean data."""

from jaxuim.biases.compose import apply
from jaxuim.biases.rendering import Draw, render
from jaxuim.biases.slots import (
    Examples,
    Facts,
    Slots,
    clean,
    count_distinct,
    count_per_class,
    marked,
    shown,
)
from jaxuim.types.biases import BIASES

__all__ = [
    "BIASES",
    "Draw",
    "Examples",
    "Facts",
    "Slots",
    "apply",
    "clean",
    "count_distinct",
    "count_per_class",
    "marked",
    "render",
    "shown",
]
