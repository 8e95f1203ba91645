"""The biases that ship with jaxuim, declared without JAX."""

from collections.abc import Sequence

from jaxuim.types.biases import contamination, inputs, labels, poisoning, sampling, sequences
from jaxuim.types.declare import Bias, Parameter

# The canonical order of composition: who is shown, then what is shown, then under which label.
STAGES = ("sampling", "input", "label")

_TABLES = (labels, sampling, inputs, poisoning, contamination, sequences)

BIASES: dict[str, Bias] = {bias.name: bias for table in _TABLES for bias in table.BIASES}

# Settings that every bias has beside its own parameters.
LEVEL = Parameter("level", "float", "strength of the bias", low=0.0, high=1.0, axis=True)


def canonical_order(biases: Sequence[Bias]) -> tuple[int, ...]:
    """Return the positions of ``biases`` in the order in which they are applied.

    Sampling comes first, then input, then label; within a stage, the given order.

    >>> canonical_order([BIASES["symmetric_label_noise"], BIASES["long_tail"]])
    (1, 0)
    """
    return tuple(sorted(range(len(biases)), key=lambda k: STAGES.index(biases[k].corrupts)))
