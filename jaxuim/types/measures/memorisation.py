"""Measures of what a model knows of single examples, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="memorisation_score",
        summary="mean rise of the probability of the label from training on the example",
        implementation="jaxuim.measure.memorisation:memorisation_score",
        source="Feldman and Zhang 2020",
        inputs=("scores", "member"),
        low=-1.0,
        high=1.0,
        spans=True,
        label="memorisation",
        family="memorisation",
    ),
)
