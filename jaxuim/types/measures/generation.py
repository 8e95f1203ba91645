"""Measures of what a model generates, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="frechet_distance",
        summary="Frechet distance of generated to held-out inputs, classes not told apart",
        implementation="jaxuim.measure.generation:sample_frechet",
        source="Heusel et al. 2017, on inputs",
        inputs=("generated", "held_out"),
        label="Frechet distance",
        family="generation",
        tasks=("upstream",),
    ),
    Measure(
        name="class_frechet_distance",
        summary="Frechet distance of what is generated for a class to that class, mean of classes",
        implementation="jaxuim.measure.generation:class_frechet",
        source="Dowson and Landau 1982",
        inputs=("made_means", "made_covariance", "true_means", "true_covariance"),
        label="Frechet distance given the class",
        family="generation",
        tasks=("upstream",),
    ),
    Measure(
        name="sample_spread",
        summary="root mean squared distance between samples, in units of that of held-out inputs",
        implementation="jaxuim.measure.generation:sample_spread",
        inputs=("generated", "held_out"),
        better="none",
        label="spread of samples",
        family="generation",
        tasks=("upstream",),
    ),
    Measure(
        name="nearest_copy_rate",
        summary="share of samples far closer to one training example than to any other",
        implementation="jaxuim.measure.generation:nearest_copy_rate",
        source="Yoon et al. 2023",
        inputs=("generated", "pool_inputs", "pool_used"),
        high=1.0,
        label="share of copies",
        family="generation",
        tasks=("upstream",),
    ),
)
