"""The biases that ship with jaxuim, declared without JAX."""

from collections.abc import Sequence

from jaxuim.types.declare import Bias, Parameter

# The canonical order of composition: who is shown, then what is shown, then under which label.
STAGES = ("sampling", "input", "label")

BIASES = {
    bias.name: bias
    for bias in (
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
        Bias(
            name="long_tail",
            summary="class c keeps a share 100^(-b c/(K-1)) of its examples; these fill the slots",
            implementation="jaxuim.biases.imbalance:long_tail",
            source="exponential profile of Cui et al. 2019, with the imbalance ratio as the dial",
            level="n_min/n_max = 100^-level",
            population="P(class c) is proportional to pi_c 100^(-b c/(K-1))",
            corrupts="sampling",
        ),
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
}

# Settings that every bias has beside its own parameters.
LEVEL = Parameter("level", "float", "strength of the bias", low=0.0, high=1.0, axis=True)


def canonical_order(biases: Sequence[Bias]) -> tuple[int, ...]:
    """Return the positions of ``biases`` in the order in which they are applied.

    Sampling comes first, then input, then label; within a stage, the given order.

    >>> canonical_order([BIASES["symmetric_label_noise"], BIASES["long_tail"]])
    (1, 0)
    """
    return tuple(sorted(range(len(biases)), key=lambda k: STAGES.index(biases[k].corrupts)))
