"""The measures that ship with jaxuim, declared without JAX."""

import math

from jaxuim.types.declare import Measure
from jaxuim.types.measures import (
    auditing,
    calibration,
    fairness,
    frequency,
    generalisation,
    generation,
    memorisation,
    objective,
    prediction,
    privacy,
    representation,
    security,
    sensitivity,
    sequence,
)

_TABLES = (
    prediction,
    objective,
    calibration,
    fairness,
    frequency,
    security,
    generalisation,
    privacy,
    memorisation,
    sensitivity,
    representation,
    sequence,
    auditing,
    generation,
)

MEASURES: dict[str, Measure] = {
    measure.name: measure for table in _TABLES for measure in table.MEASURES
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
