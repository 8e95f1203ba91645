"""The pre-training objectives that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Objective

OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective(
            name="supervised",
            summary="cross-entropy of the labels, in nats",
            implementation="jaxuim.train.objectives.supervised:cross_entropy",
            floor="conditional entropy of the label given the input",
        ),
        Objective(
            name="squared_error",
            summary="half the squared distance of the logits from the one-hot labels",
            implementation="jaxuim.train.objectives.supervised:squared_error",
            unit="",
            floor="half the sum over classes of p (1 - p), p the posterior",
        ),
    )
}
