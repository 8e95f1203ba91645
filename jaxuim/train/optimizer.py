"""Optimisers and learning-rate schedules from optax, with a traced learning rate."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from jaxuim.models.parametrisation import MUP, STANDARD, rate_factors
from jaxuim.types.shape import Shape

OPTIMIZERS: dict[str, Callable[[optax.ScalarOrSchedule], optax.GradientTransformation]] = {
    "sgd": optax.sgd,
    "momentum": lambda rate: optax.sgd(rate, momentum=0.9),
    "adam": optax.adam,
    "adamw": optax.adam,  # its decay is decoupled, see ``build``
}

_ADAMS = ("adam", "adamw")


def schedule(kind: str, steps: int, warmup: int) -> Callable[[jax.Array], jax.Array]:
    """Return the factor on the learning rate at a step: linear warm-up, then constant or cosine.

    Step t of ``warmup`` has factor ``(t+1)/warmup``; cosine then falls as
    ``(1 + cos(pi u))/2`` with u from 0 to 1 over the remaining steps.

    >>> round(float(schedule("cosine", 100, 0)(jnp.asarray(50))), 3)
    0.5
    """

    def factor(step: jax.Array) -> jax.Array:
        ramp = jnp.minimum((step + 1) / max(warmup, 1), 1.0) if warmup else jnp.float32(1.0)
        if kind == "constant":
            return ramp
        done = jnp.clip((step - warmup) / max(steps - warmup, 1), 0.0, 1.0)
        return ramp * 0.5 * (1.0 + jnp.cos(jnp.pi * done))

    return factor


def build(
    shape: Shape, learning_rate: jax.Array, weight_decay: jax.Array
) -> optax.GradientTransformation:
    """Return the optimiser of a run; the learning rate and the weight decay may be traced.

    ``sgd``, ``momentum`` and ``adam`` add ``weight_decay * w`` to the gradient (an L2 penalty);
    ``adamw`` decays the weights apart from the gradient, by ``learning_rate * weight_decay * w``.
    A model under mup has its updates, decoupled decay included, scaled parameter by parameter as
    :mod:`jaxuim.models.parametrisation` says; that table is Adam's.

    Raises:
        ValueError: for an unknown optimiser, and for mup with one whose rates scale otherwise.

    Source: Kingma and Ba 2015; Loshchilov and Hutter 2019 for the decoupled decay.
    """
    mup = dict(shape.model_settings).get("parametrisation", STANDARD) == MUP
    if mup and shape.optimizer not in _ADAMS:
        raise ValueError(
            f"parametrisation 'mup' knows the learning rates of {', '.join(_ADAMS)}, and "
            f"pretrain.optimizer is {shape.optimizer!r}"
        )
    rate: optax.ScalarOrSchedule = learning_rate
    if shape.schedule != "constant" or shape.warmup:
        factor = schedule(shape.schedule, shape.steps, shape.warmup)
        rate = lambda count: learning_rate * factor(count)
    if shape.optimizer not in OPTIMIZERS:
        raise ValueError(
            f"optimizer {shape.optimizer!r} is unknown; known are {', '.join(OPTIMIZERS)}"
        )
    if not shape.decays:
        chain = OPTIMIZERS[shape.optimizer](rate)
    elif shape.optimizer == "adamw":
        chain = optax.adamw(rate, weight_decay=weight_decay)
    else:
        chain = optax.chain(
            optax.add_decayed_weights(weight_decay), OPTIMIZERS[shape.optimizer](rate)
        )
    flat = flat_on_cpu(chain)
    return optax.chain(flat, _by_parameter(shape.width)) if mup else flat


def _by_parameter(width: int) -> optax.GradientTransformation:
    """Return what multiplies the update of each parameter by its factor under mup."""

    def scaled(updates: optax.Updates, _: optax.Params | None = None) -> optax.Updates:
        return jax.tree.map(lambda u, factor: u * factor, updates, rate_factors(updates, width))

    return optax.stateless(scaled)


def flat_on_cpu(chain: optax.GradientTransformation) -> optax.GradientTransformation:
    """Return the optimiser; on a CPU one that updates all parameters as a single flat vector.

    That saves an operation's start-up cost for every array and changes no number.
    """
    return optax.flatten(chain) if jax.default_backend() == "cpu" else chain
