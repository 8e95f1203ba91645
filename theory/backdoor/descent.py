"""How a backdoor grows under gradient descent without ridge: counts times passes matter."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

State = tuple[jax.Array, jax.Array, jax.Array, jax.Array]


def descent_law(
    n: ArrayLike,
    count: ArrayLike,
    rate: ArrayLike,
    steps: ArrayLike,
    *,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
) -> jax.Array:
    """Return the trigger's score after gradient descent, to leading order.

    (1 + m0) (1 - (1 - rate trigger^2 count / N)^steps) with N = n + count and m0 = |mu|^2 /
    (1 + |mu|^2): the exponent is about -rate trigger^2 count steps / N, so that the count needed
    is constant iff the passes over the data are, and a constant fraction iff the steps are. Takes
    the base coordinates as converged and count << n.

    Args:
        n: clean samples.
        count: poisons.
        rate: step size on the mean loss, w <- w + rate (b - H w) with H = X'X / N, b = X'y / N
            (that is, on half the mean squared error).
        steps: number of steps.
        norm: |mu|.
        trigger: as for ``theory.backdoor.law.attack``.

    Source: derived here.

    >>> round(float(descent_law(3000, 30, 0.05, 200)), 2)
    1.06
    """
    square = jnp.square(jnp.asarray(norm, dtype=float))
    speed = rate * jnp.square(jnp.asarray(trigger, dtype=float)) * count / (n + count)
    return (1.0 + square / (1.0 + square)) * -jnp.expm1(steps * jnp.log1p(-speed))


def descent(
    n: ArrayLike,
    count: ArrayLike,
    rate: ArrayLike,
    steps: int,
    *,
    d: int,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
) -> tuple[jax.Array, jax.Array]:
    """Return margin and trigger's score after each of 1..steps steps, both of shape (steps,).

    The two mean-field recursions, from weights 0 and with f = count / N,

        margin <- margin + rate (|mu|^2 (1 - 2 f + f shift) - (1 + |mu|^2) margin),
        shift  <- shift  + rate trigger^2 f c (1 - shift + margin),

    so that poisons pull the base coordinates until the trigger explains them. c = 1 - h, with h =
    (1/N) sum_i (1 - (1 - rate l_i)^t) over the base eigenvalues l_i, is the share of a left-out
    residual that training has kept by step t.

    Args:
        n: clean samples.
        count: poisons.
        rate: as for ``descent_law``.
        steps: number of steps.
        d: base dimensions.
        norm: |mu|.
        trigger: as for ``theory.backdoor.law.attack``.

    Source: derived here.

    >>> margin, shift = descent(3000, 30, 0.05, 200, d=50)
    >>> round(float(shift[-1]), 2)
    1.04
    """
    total = n + jnp.asarray(count, dtype=float)
    share = count / total
    square = jnp.square(jnp.asarray(norm, dtype=float))
    speed = rate * share * jnp.square(jnp.asarray(trigger, dtype=float))

    def step(state: State, _: None) -> tuple[State, jax.Array]:
        margin, shift, along, across = state
        fitted = (1.0 - along) + (d - 1) * (1.0 - across)
        residual = 1.0 - shift + margin
        pull = square * (1.0 - 2.0 * share + share * shift) - (1.0 + square) * margin
        after = (
            margin + rate * pull,
            shift + speed * (1.0 - fitted / total) * residual,
            along * (1.0 - rate * (1.0 + square)),
            across * (1.0 - rate),
        )
        return after, jnp.stack(after[:2])

    zero, one = jnp.zeros_like(speed + square), jnp.ones_like(speed + square)
    _, course = jax.lax.scan(step, (zero, zero, one, one), None, length=steps)
    return course[:, 0], course[:, 1]
