"""Two-stage transfer: what fine-tuning inherits from noisy pre-training, and where it tips."""

from theory.transfer.adapter import adapter_residual
from theory.transfer.descent import end_of_two_layers, single_pass_residual, stopped, two_layers
from theory.transfer.forgetting import remaining, remaining_modes, remaining_refined
from theory.transfer.general import Risks, Stage, general_tipping_noise, risks, tipping_bias
from theory.transfer.isotropic import (
    Tasks,
    best_rate,
    best_stiffness,
    catastrophic_rate,
    fine_tuned,
    flip_gain,
    interpolated,
    noise_gain,
    residual,
    tipping_noise,
    weight_variance,
)
from theory.transfer.mixing import Mixtures, best_share, mixed_error, refined_error
from theory.transfer.probe import alignment, probe_risk, refined_alignment

__all__ = [
    "Mixtures", "Risks", "Stage", "Tasks", "adapter_residual", "alignment", "best_rate",
    "best_share", "best_stiffness", "catastrophic_rate", "end_of_two_layers", "fine_tuned",
    "flip_gain", "general_tipping_noise", "interpolated", "mixed_error", "noise_gain",
    "probe_risk", "refined_alignment", "refined_error", "remaining", "remaining_modes",
    "remaining_refined", "residual", "risks", "single_pass_residual", "stopped", "tipping_bias",
    "tipping_noise", "two_layers", "weight_variance",
]  # fmt: skip
