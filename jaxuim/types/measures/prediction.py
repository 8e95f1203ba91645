"""Measures of how often, and how surely, a classifier is right, declared without JAX."""

from jaxuim.types.declare import Measure

_OUTPUT = ("logits", "labels")

MEASURES = (
    Measure(
        name="error",
        summary="share of examples whose highest logit is not the label",
        implementation="jaxuim.measure.performance:error",
        inputs=_OUTPUT,
        high=1.0,
        chance="1 - 1/K",
        label="error",
        default=True,
    ),
    Measure(
        name="nll",
        summary="mean negative log-likelihood of the labels",
        implementation="jaxuim.measure.performance:negative_log_likelihood",
        inputs=_OUTPUT,
        chance="log(K)",
        unit="nats",
        label="negative log-likelihood",
        default=True,
    ),
    Measure(
        name="top5_error",
        summary="share of examples whose label is not among the 5 highest logits",
        implementation="jaxuim.measure.performance:top_k_error",
        source="Russakovsky et al. 2015",
        inputs=_OUTPUT,
        high=1.0,
        chance="1 - 5/K if K > 5 else 0",
        label="top-5 error",
    ),
    Measure(
        name="balanced_error",
        summary="mean over the classes that occur of the error within the class",
        implementation="jaxuim.measure.performance:balanced_error",
        source="Brodersen et al. 2010",
        inputs=_OUTPUT,
        high=1.0,
        chance="1 - 1/K",
        label="balanced error",
    ),
)
