"""Measures of the gap between training and test examples, declared without JAX."""

from jaxuim.types.declare import Measure

_BOTH = ("pool_logits", "pool_labels", "pool_used", "logits", "labels")

MEASURES = (
    Measure(
        name="generalisation_gap",
        summary="error on test examples less that on the training examples, as labelled",
        implementation="jaxuim.measure.generalisation:generalisation_gap",
        inputs=_BOTH,
        low=-1.0,
        high=1.0,
        chance="0",
        label="generalisation gap",
        family="generalisation",
    ),
    Measure(
        name="generalisation_gap_nll",
        summary="negative log-likelihood of test examples less that of the training examples",
        implementation="jaxuim.measure.generalisation:generalisation_gap_nll",
        inputs=_BOTH,
        low=float("-inf"),
        chance="0",
        unit="nats",
        label="generalisation gap in likelihood",
        family="generalisation",
    ),
)
