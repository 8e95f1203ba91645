"""Measures of a classifier's outputs, declared without JAX."""

from jaxuim.types.declare import Measure

_OUTPUT = ("logits", "labels")

MEASURES = (
    Measure(
        name="error",
        summary="share of examples whose highest logit is not the label",
        implementation="jaxuim.measure.performance:error",
        inputs=_OUTPUT,
        high=1.0,
        chance="1 - 1/K",
        label="error",
        default=True,
    ),
    Measure(
        name="nll",
        summary="mean negative log-likelihood of the labels",
        implementation="jaxuim.measure.performance:negative_log_likelihood",
        inputs=_OUTPUT,
        chance="log(K)",
        unit="nats",
        label="negative log-likelihood",
        default=True,
    ),
    Measure(
        name="ece",
        summary="expected calibration error of the top class, 15 bins of equal width",
        implementation="jaxuim.measure.calibration:expected_calibration_error",
        source="Naeini et al. 2015; Guo et al. 2017",
        inputs=_OUTPUT,
        high=1.0,
        label="expected calibration error",
        default=True,
    ),
    Measure(
        name="worst_class_error",
        summary="largest error of any class that occurs",
        implementation="jaxuim.measure.groups:worst_class_error",
        inputs=_OUTPUT,
        high=1.0,
        chance="1 - 1/K",
        label="worst-class error",
        default=True,
    ),
    Measure(
        name="worst_group_error",
        summary="largest error of any group that occurs",
        implementation="jaxuim.measure.groups:worst_group_error",
        source="Sagawa et al. 2020",
        inputs=("logits", "labels", "groups"),
        high=1.0,
        chance="1 - 1/K",
        label="worst-group error",
        needs=("groups",),
        default=True,
    ),
)
