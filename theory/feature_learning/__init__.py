"""Feature learning: the noise beyond which no shared feature is learnt from many noisy tasks."""

from theory.feature_learning.features import component_overlap, component_residual, probe_excess
from theory.feature_learning.transition import (
    critical_noise,
    edge_mean,
    left_overlap,
    residual_overlap,
    right_overlap,
    signal,
    top_singular_value,
    weight_variance,
)

__all__ = [
    "component_overlap",
    "component_residual",
    "critical_noise",
    "edge_mean",
    "left_overlap",
    "probe_excess",
    "residual_overlap",
    "right_overlap",
    "signal",
    "top_singular_value",
    "weight_variance",
]
