"""Model collapse: training on labels of predecessors, pooled with real data or not."""

from theory.model_collapse.chain import (
    halving_share,
    mean_log_variance,
    mean_square,
    mean_variance,
    stationary_square,
    stationary_variance,
)
from theory.model_collapse.generations import (
    accumulated_fresh,
    accumulated_same,
    one_round,
    replaced,
    ridge_generations,
)
from theory.model_collapse.mixtures import collapse_floor, mixed_labels, mixture_risk
from theory.model_collapse.pooling import (
    best_share,
    interpolated_risk,
    mixing_factor,
    noise_factor,
    pooled_risk,
    tipping_bias,
    tipping_bias_limit,
    weighted_risk,
)

__all__ = [
    "accumulated_fresh",
    "accumulated_same",
    "best_share",
    "collapse_floor",
    "halving_share",
    "interpolated_risk",
    "mean_log_variance",
    "mean_square",
    "mean_variance",
    "mixed_labels",
    "mixing_factor",
    "mixture_risk",
    "noise_factor",
    "one_round",
    "pooled_risk",
    "replaced",
    "ridge_generations",
    "stationary_square",
    "stationary_variance",
    "tipping_bias",
    "tipping_bias_limit",
    "weighted_risk",
]
