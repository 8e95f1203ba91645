"""Random features: how the width of a model changes what it inherits from noisy labels."""

from theory.random_features.activations import Kernel, relu_covariance, relu_kernel
from theory.random_features.prediction import (
    FeatureRisk,
    feature_ridge,
    feature_risk,
    projected_least_squares,
)

__all__ = [
    "FeatureRisk",
    "Kernel",
    "feature_ridge",
    "feature_risk",
    "projected_least_squares",
    "relu_covariance",
    "relu_kernel",
]
