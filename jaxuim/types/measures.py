"""The measures that ship with jaxuim, declared without JAX."""

import math

from jaxuim.types.declare import Measure

_OUTPUT = ("logits", "labels")

MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            name="error",
            summary="share of examples whose highest logit is not the label",
            implementation="jaxuim.measure.performance:error",
            inputs=_OUTPUT,
            high=1.0,
            chance="1 - 1/K",
            label="error",
        ),
        Measure(
            name="nll",
            summary="mean negative log-likelihood of the labels",
            implementation="jaxuim.measure.performance:negative_log_likelihood",
            inputs=_OUTPUT,
            chance="log(K)",
            unit="nats",
            label="negative log-likelihood",
        ),
        Measure(
            name="ece",
            summary="expected calibration error of the top class, 15 bins of equal width",
            implementation="jaxuim.measure.calibration:expected_calibration_error",
            source="Naeini et al. 2015; Guo et al. 2017",
            inputs=_OUTPUT,
            high=1.0,
            label="expected calibration error",
        ),
        Measure(
            name="worst_class_error",
            summary="largest error of any class that occurs",
            implementation="jaxuim.measure.groups:worst_class_error",
            inputs=_OUTPUT,
            high=1.0,
            chance="1 - 1/K",
            label="worst-class error",
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
        ),
        Measure(
            name="singular_value_entropy",
            summary="-sum p log p of the normalised singular values of the features",
            implementation="jaxuim.measure.representation:singular_value_entropy",
            source="Chen et al., arXiv 2309.17002",
            inputs=("features",),
            better="none",
            unit="nats",
            label="singular value entropy",
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
        ),
    )
}


def chance_value(measure: Measure, classes: int) -> float | None:
    """Return the value that an uninformed predictor of ``classes`` classes attains, or None.

    Evaluates the declared formula in K (and ``log``); descriptive measures have none.

    >>> chance_value(MEASURES["error"], 4)
    0.75
    """
    if measure.chance is None:
        return None
    names = {"__builtins__": {}, "K": classes, "log": math.log}
    return float(eval(measure.chance, names))  # formulas are code of the declaring package
