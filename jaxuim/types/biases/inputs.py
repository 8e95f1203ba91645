"""Biases that corrupt inputs, declared without JAX."""

from jaxuim.types.declare import Bias

BIASES = (
    Bias(
        name="spurious_correlation",
        summary="the shortcut equals the label with probability b, else is independent of it",
        implementation="jaxuim.biases.spurious:shortcut",
        source="in the spirit of Sagawa et al. 2020",
        level="probability that the shortcut is set to the label",
        population="P(shortcut = label) = b + (1 - b)/K",
        corrupts="input",
        needs=("shortcut",),
    ),
)
