"""Measures of what classes gain from being frequent, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="frequency_correlation",
        summary="correlation over classes of accuracy and log pre-training frequency",
        implementation="jaxuim.measure.frequency:frequency_correlation",
        source="Wen et al. 2024, arXiv 2405.21070",
        inputs=("logits", "labels", "class_counts"),
        better="none",
        low=-1.0,
        high=1.0,
        label="accuracy-frequency correlation",
        family="fairness",
        tasks=("upstream", "id", "near_ood"),
    ),
)
