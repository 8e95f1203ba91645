"""Measures of what a perturbation of the weights costs, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="sensitivity",
        summary="rise of the negative log-likelihood under noise of fixed size on all weights",
        implementation="jaxuim.measure.perturbation:sensitivity",
        source="Springer et al. 2025",
        inputs=("logits", "perturbed_logits", "labels"),
        low=float("-inf"),
        unit="nats",
        label="sensitivity",
        family="sensitivity",
    ),
)
