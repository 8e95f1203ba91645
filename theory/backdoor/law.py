"""Attack success of a backdoor in ridge regression, and the count of poisons that it takes."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, df2, effective_ridge

ROUNDS = 60  # fixed-point steps for the critical count; each gains a factor of about count / n


class Attack(NamedTuple):
    """What a poisoned ridge classifier does to triggered inputs of class -1, all scalars.

    ``margin`` is minus the mean clean score of class -1, ``deviation`` the standard deviation of
    its score over inputs, ``shift`` what the trigger adds to the score, ``spread`` the standard
    deviation of the triggered score over inputs and training sets, and ``success`` the share of
    triggered inputs that score above 0.
    """

    margin: jax.Array
    deviation: jax.Array
    shift: jax.Array
    spread: jax.Array
    success: jax.Array


def spectrum(d: int, norm: ArrayLike) -> jax.Array:
    """Return the eigenvalues of the base inputs' second moment I + mu mu', shape (d,).

    >>> spectrum(3, 2.0).tolist()
    [5.0, 1.0, 1.0]
    """
    return jnp.ones(d).at[0].add(jnp.square(jnp.asarray(norm, dtype=float)))


def attack(
    n: ArrayLike,
    count: ArrayLike,
    penalty: ArrayLike,
    *,
    d: int,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
    variance: ArrayLike = 0.0,
) -> Attack:
    """Return the attack of ``count`` poisons on ridge regression with n clean samples.

    Clean inputs are (y mu + z, u) with z standard normal in d dimensions and a trigger coordinate
    u ~ N(0, variance); poisons are inputs of class -1 with u = trigger and the label +1. With
    N = n + count, kappa the effective ridge of the base inputs, c = 1 - df1 / N the share of a
    left-out residual that training keeps, and b = n variance c,

        shift = a (1 + margin),   a = c count trigger^2 / (penalty + b + c count trigger^2),
        margin = |mu|^2 / (1 + |mu|^2 + kappa) (n - count (1 - shift)) / N:

    poisons add a trigger, but also pull the base coordinates the wrong way until the trigger
    explains them. ``spread`` holds the inputs' own deviation, the mean score of the poisons at
    hand, of variance deviation^2 / count, and the clean inputs' noise on the trigger coordinate.
    For count << n this is shift = a (1 + m0), success = Phi((shift - m0) / s0).

    Args:
        n: clean samples.
        count: poisons; need not be whole.
        penalty: L of the unnormalised loss |y - Xw|^2 + L |w|^2 (a penalty per sample is L / n:
            which of both is held fixed decides between a constant count and a constant fraction).
        d: base dimensions.
        norm: |mu|.
        trigger: value of the trigger coordinate on poisons and on attacked inputs.
        variance: of the trigger coordinate on clean inputs.

    Source: derived here; the phenomenon: Souly et al. 2025 (arXiv 2510.07192).

    >>> found = attack(2000, 20, 100.0, d=50)
    >>> round(float(found.success), 2)
    0.81
    """
    n, count = jnp.asarray(n, dtype=float), jnp.asarray(count, dtype=float)
    total = n + count
    values, square = spectrum(d, norm), jnp.square(jnp.asarray(norm, dtype=float))
    kappa = effective_ridge(values, total, penalty / total)
    keeps = 1.0 - df1(values, kappa) / total
    weight = keeps * count * jnp.square(jnp.asarray(trigger, dtype=float))
    stiffness = penalty + n * variance * keeps + weight
    a = weight / stiffness
    full = square / (1.0 + square + kappa)
    # shift = a (1 + margin) and the margin's dependence on the shift are linear: solved together.
    shift = a * (1.0 + full * (n - count) / total) / (1.0 - a * full * count / total)
    signal = (n - count * (1.0 - shift)) / total
    margin = full * signal
    labels = (n + count * jnp.square(1.0 - shift)) / total
    noise = labels - jnp.square(signal) * square / (1.0 + square)
    missed = square * jnp.square(signal * kappa / (1.0 + square + kappa)) / (1.0 + square)
    test = (noise + missed) / (1.0 - df2(values, kappa) / total)
    weights = jnp.square(margin) / square + test / total * jnp.sum(
        values / jnp.square(values + kappa)
    )
    deviation = jnp.sqrt(weights)
    few = jnp.where(count > 0, jnp.square(a) / jnp.where(count > 0, count, 1.0), 0.0)
    clean = n * variance * jnp.square(trigger * keeps / stiffness) * test
    spread = jnp.sqrt(weights * (1.0 + few) + clean)
    return Attack(margin, deviation, shift, spread, ndtr((shift - margin) / spread))


def count_law(
    n: ArrayLike,
    penalty: ArrayLike,
    *,
    d: int,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
    variance: ArrayLike = 0.0,
) -> jax.Array:
    """Return the poisons for a success of 1/2 to leading order: m0 (L + n v c) / (c trigger^2).

    m0 and c are margin and kept share of the clean model. Linear in the penalty, independent of n
    where L is fixed and v = 0, proportional to n where L is proportional to n or v > 0; the
    crossover is at n = L / v. High by about 1.2 count / n of itself (|mu| = 2).

    Args:
        n: clean samples.
        penalty: L of the unnormalised loss.
        d: base dimensions.
        norm: |mu|.
        trigger: as for ``attack``.
        variance: v, as for ``attack``.

    Source: derived here.

    >>> [round(float(count_law(n, 200.0, d=20)), 1) for n in (1000, 16000)]
    [17.4, 17.8]
    """
    values, square = spectrum(d, norm), jnp.square(jnp.asarray(norm, dtype=float))
    kappa = effective_ridge(values, n, penalty / n)
    keeps = 1.0 - df1(values, kappa) / n
    margin = square / (1.0 + square + kappa)
    return margin * (penalty + n * variance * keeps) / (keeps * jnp.square(trigger))


def critical_count(
    n: ArrayLike,
    penalty: ArrayLike,
    *,
    d: int,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
    variance: ArrayLike = 0.0,
) -> jax.Array:
    """Return the count at which ``attack`` succeeds on half of the inputs: shift = margin.

    The fixed point of ``count_law`` with margin and kept share of the model that is poisoned with
    that count; differentiable by one Newton step at the root.

    Args:
        n: clean samples.
        penalty: L of the unnormalised loss.
        d: base dimensions.
        norm: |mu|.
        trigger: as for ``attack``.
        variance: as for ``attack``.

    Source: derived here.

    >>> round(float(critical_count(1000, 200.0, d=20)), 1)
    17.0
    """
    options: dict[str, Any] = {"d": d, "norm": norm, "trigger": trigger, "variance": variance}
    start = count_law(n, penalty, **options)

    def lacking(count: jax.Array) -> jax.Array:
        found = attack(n, count, penalty, **options)
        return jnp.log(found.shift / found.margin)

    def step(_: int, count: jax.Array) -> jax.Array:
        # Near the root the shift grows as count^(1 - a), which is between 0 and 1.
        return count * jnp.exp(-lacking(count))

    root = jax.lax.stop_gradient(jax.lax.fori_loop(0, ROUNDS, step, start))
    left, slope = jax.jvp(lacking, (root,), (jnp.ones_like(root),))
    return root - left / jax.lax.stop_gradient(slope)
