"""Measures of the pre-training objective itself, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="pretrain_loss",
        summary="loss of the pre-training objective on clean held-out data",
        implementation="jaxuim.measure.objective:pretrain_loss",
        inputs=("objective_loss",),
        low=float("-inf"),
        label="pre-training loss",
    ),
    Measure(
        name="loss_sensitivity",
        summary="pre-training loss that a perturbation of all weights of fixed size adds",
        implementation="jaxuim.measure.objective:loss_sensitivity",
        source="Springer et al. 2025, arXiv 2503.19206",
        inputs=("objective_loss", "perturbed_loss"),
        low=float("-inf"),
        label="loss added by a perturbation",
        family="sensitivity",
    ),
)
