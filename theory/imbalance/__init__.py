"""What becomes of rare classes: minority collapse, biased discriminants and the missing tail."""

from theory.imbalance.depth import (
    class_objective,
    deep_collapse_count,
    deep_singular_value,
    jump_size,
    kept_strength,
    metastable_count,
)
from theory.imbalance.discriminant import (
    centroid_error,
    centroid_error_normal,
    prior_error,
    tipping_count,
    tipping_prior,
)
from theory.imbalance.features import (
    classifier_norm,
    collapse_count,
    logit_gain,
    logit_gap,
    pair_accuracy,
    probability_gap,
    row_distance,
    singular_value,
)
from theory.imbalance.tail import (
    crossover_samples,
    kept_ranks,
    missing_mass,
    missing_mass_law,
    missing_mass_refined,
    tail_mass,
    truncated_missing_mass,
)

__all__ = [
    "centroid_error",
    "centroid_error_normal",
    "class_objective",
    "classifier_norm",
    "collapse_count",
    "crossover_samples",
    "deep_collapse_count",
    "deep_singular_value",
    "jump_size",
    "kept_ranks",
    "kept_strength",
    "logit_gain",
    "logit_gap",
    "metastable_count",
    "missing_mass",
    "missing_mass_law",
    "missing_mass_refined",
    "pair_accuracy",
    "prior_error",
    "probability_gap",
    "row_distance",
    "singular_value",
    "tail_mass",
    "tipping_count",
    "tipping_prior",
    "truncated_missing_mass",
]
