"""Label noise: how many noisy labels replace a clean one, and where the majority tips."""

from theory.label_noise.confusion import (
    clean_error,
    critical_noise,
    noisy_cut,
    noisy_posterior,
    noisy_threshold,
    pair_flip,
    pair_flip_error,
    symmetric,
)
from theory.label_noise.mean_classifier import (
    bayes_error,
    effective_samples,
    filter_break_even,
    mean_error,
    mean_error_refined,
)
from theory.label_noise.votes import (
    binary_error,
    decay_rate,
    labels_bound,
    majority_error,
    majority_error_normal,
    margin,
    scaling_error,
)

__all__ = [
    "bayes_error",
    "binary_error",
    "clean_error",
    "critical_noise",
    "decay_rate",
    "effective_samples",
    "filter_break_even",
    "labels_bound",
    "majority_error",
    "majority_error_normal",
    "margin",
    "mean_error",
    "mean_error_refined",
    "noisy_cut",
    "noisy_posterior",
    "noisy_threshold",
    "pair_flip",
    "pair_flip_error",
    "scaling_error",
    "symmetric",
]
