"""Pre-training too long: the better learned, the more fragile under noise and fine-tuning."""

from theory.overtraining.dynamics import mode_strength, moved_share, time_to_reach
from theory.overtraining.stopping import (
    best_time,
    convergence_penalty,
    noise_cost,
    perturbed_loss,
    stopping_time,
    tipping_noise,
)

__all__ = [
    "best_time",
    "convergence_penalty",
    "mode_strength",
    "moved_share",
    "noise_cost",
    "perturbed_loss",
    "stopping_time",
    "time_to_reach",
    "tipping_noise",
]
