"""Bounds that can be evaluated: benign overfitting, memorised information, PAC-Bayes."""

from theory.bounds.benign import (
    benign_bound,
    benign_index,
    effective_ranks,
    interpolation_variance,
)
from theory.bounds.information import (
    information_bound,
    label_information,
    location_gap,
    location_information,
    mean_maximum,
    point_information,
    selection_gap,
)
from theory.bounds.pac_bayes import binary_kl, error_bound, gibbs_error, kl_inverse

__all__ = [
    "benign_bound",
    "benign_index",
    "binary_kl",
    "effective_ranks",
    "error_bound",
    "gibbs_error",
    "information_bound",
    "interpolation_variance",
    "kl_inverse",
    "label_information",
    "location_gap",
    "location_information",
    "mean_maximum",
    "point_information",
    "selection_gap",
]
