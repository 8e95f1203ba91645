"""Biases that corrupt labels, declared without JAX."""

from jaxuim.types.declare import Bias

BIASES = (
    Bias(
        name="symmetric_label_noise",
        summary="a label is replaced by another class, uniformly over the K - 1 others",
        implementation="jaxuim.biases.label_noise:symmetric",
        source="Angluin and Laird 1988; Natarajan et al. 2013",
        level="probability that a pre-training label is replaced by another class",
        population="noisy posterior = (1 - b K/(K-1)) clean posterior + b/(K-1)",
        corrupts="label",
        tipping="(K - 1)/K: the commonest noisy label is the true class below it, not above",
    ),
)
