"""Biases of documents, declared without JAX."""

from jaxuim.types.declare import Bias

BIASES = (
    Bias(
        name="unwanted_documents",
        summary="a document of an unwanted source, of other style and values, takes a slot",
        implementation="jaxuim.biases.sequences:unwanted_documents",
        source="agenda of arXiv 2402.01909",
        level="probability that a slot shows a document of the unwanted source",
        population="P(unwanted stance | value, qualifier) = b",
        corrupts="sampling",
        needs=("unwanted",),
        draws_from="unwanted",
    ),
    Bias(
        name="stereotype_association",
        summary="the attribute is that of the group's stereotype with probability b",
        implementation="jaxuim.biases.sequences:stereotype_association",
        source="in the spirit of Nadeem et al. 2021 (StereoSet)",
        level="probability that the attribute is set to the group's stereotype",
        population="P(attribute = stereotype) = b + (1 - b)/A, for A attributes",
        corrupts="input",
        needs=("stereotypes",),
    ),
)
