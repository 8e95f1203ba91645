"""The pre-training objectives that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Declaration

OBJECTIVES = {
    objective.name: objective
    for objective in (
        Declaration(
            name="supervised",
            summary="cross-entropy of the labels, in nats",
            implementation="jaxuim.train.objective:supervised",
        ),
        Declaration(
            name="squared_error",
            summary="half the squared distance of the logits from the one-hot labels",
            implementation="jaxuim.train.objective:squared_error",
        ),
    )
}
