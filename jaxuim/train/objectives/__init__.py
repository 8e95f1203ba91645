"""Pre-training objectives: the loss of one batch, and how the trained network is read."""

from jaxuim.train.objectives.objective import Objective, Sizes, build
from jaxuim.types.objectives import OBJECTIVES

__all__ = ["OBJECTIVES", "Objective", "Sizes", "build"]
