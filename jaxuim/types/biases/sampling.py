"""Biases of who is shown and how often, declared without JAX."""

from jaxuim.types.declare import Bias

BIASES = (
    Bias(
        name="long_tail",
        summary="class c keeps a share 100^(-b c/(K-1)) of its examples; these fill the slots",
        implementation="jaxuim.biases.imbalance:long_tail",
        source="exponential profile of Cui et al. 2019, with the imbalance ratio as the dial",
        level="n_min/n_max = 100^-level",
        population="P(class c) is proportional to pi_c 100^(-b c/(K-1))",
        corrupts="sampling",
    ),
)
