"""Biases: named corruptions of pre-training data with a level in [0, 1]; 0 is the clean data."""

from jaxuim.biases.compose import apply
from jaxuim.biases.slots import Slots, clean, count_distinct, count_per_class
from jaxuim.types.biases import BIASES

__all__ = ["BIASES", "Slots", "apply", "clean", "count_distinct", "count_per_class"]
