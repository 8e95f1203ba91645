"""Measures of the features of a model, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="singular_value_entropy",
        summary="-sum p log p of the normalised singular values of the features",
        implementation="jaxuim.measure.representation:singular_value_entropy",
        source="Chen et al., arXiv 2309.17002",
        inputs=("features",),
        better="none",
        unit="nats",
        label="singular value entropy",
        family="representation",
        default=True,
    ),
    Measure(
        name="largest_singular_value_ratio",
        summary="-log of the largest singular value's share of their sum",
        implementation="jaxuim.measure.representation:largest_singular_value_ratio",
        source="Chen et al., arXiv 2309.17002",
        inputs=("features",),
        better="none",
        unit="nats",
        label="largest singular value ratio",
        family="representation",
        default=True,
    ),
    Measure(
        name="effective_rank",
        summary="exp of the singular value entropy",
        implementation="jaxuim.measure.representation:effective_rank",
        source="Roy and Vetterli 2007",
        inputs=("features",),
        better="none",
        low=1.0,
        unit="dimensions",
        label="effective rank",
        family="representation",
        default=True,
    ),
)
