"""Wash-out of pre-training that counts as pseudo-observations, and when it does harm."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln, xlogy
from jax.typing import ArrayLike


def posterior_bias(n: ArrayLike, strength: ArrayLike, bias: ArrayLike) -> jax.Array:
    """Return b0 / (1 + n / n0), the bias of the posterior mean after n observations.

    Args:
        n: downstream observations.
        strength: n0, the observations that pre-training is worth.
        bias: b0, pre-trained mean minus truth.

    Source: conjugate priors, textbook.

    >>> round(float(posterior_bias(200.0, 200.0, 0.3)), 3)
    0.15
    """
    return jnp.asarray(bias) / (1.0 + jnp.asarray(n) / strength)


def posterior_error(
    n: ArrayLike, strength: ArrayLike, bias: ArrayLike, variance: ArrayLike
) -> jax.Array:
    """Return the mean squared error b0^2 / (1 + n / n0)^2 + v n / (n0 + n)^2.

    Args:
        n: downstream observations.
        strength: n0.
        bias: b0.
        variance: v of one observation; p (1 - p) for a rate p.

    Source: conjugate priors, textbook.

    >>> round(float(posterior_error(50.0, 200.0, 0.3, 0.25)), 4)
    0.0578
    """
    n = jnp.asarray(n, dtype=float)
    spread = jnp.asarray(variance) * n / jnp.square(strength + n)
    return jnp.square(posterior_bias(n, strength, bias)) + spread


def harmful_from(strength: ArrayLike, bias: ArrayLike, variance: ArrayLike) -> jax.Array:
    """Return n* = v n0 / (n0 b0^2 - 2 v): with more data pre-training does harm.

    That is, ``posterior_error`` exceeds v / n. Infinite (never) where n0 b0^2 <= 2 v. Arguments as
    for ``posterior_error``.

    Source: derived here.

    >>> round(float(harmful_from(200.0, 0.3, 0.25)), 3)
    2.857
    """
    strength, variance = jnp.asarray(strength, dtype=float), jnp.asarray(variance)
    excess = strength * jnp.square(bias) - 2.0 * variance
    return jnp.where(excess > 0, variance * strength / jnp.where(excess > 0, excess, 1.0), jnp.inf)


def argmax_tip(strength: ArrayLike, gap_before: ArrayLike, gap_after: ArrayLike) -> jax.Array:
    """Return n* = n0 gap_pre / gap_down, the data after which the right class is on top.

    Args:
        strength: n0.
        gap_before: p_pre(wrong) - p_pre(right), what pre-training gets wrong.
        gap_after: p_down(right) - p_down(wrong), positive.

    Source: derived here.

    >>> round(float(argmax_tip(100.0, 0.4, 0.2)), 6)
    200.0
    """
    return jnp.asarray(strength) * jnp.asarray(gap_before) / jnp.asarray(gap_after)


@partial(jax.jit, static_argnums=4)
def right_on_top(
    n: ArrayLike, lead: ArrayLike, right: ArrayLike, wrong: ArrayLike, most: int
) -> jax.Array:
    """Return P(right - wrong > lead) + P(=) / 2 for counts of n multinomial draws, exactly.

    Sums over the number of draws of either class and its split.

    Args:
        n: draws, an integer, may be traced.
        lead: n0 gap_pre, the head start of the wrong class; need not be an integer.
        right: probability of the right class, positive.
        wrong: probability of the wrong class, positive, right + wrong < 1.
        most: largest n; memory grows as its square.

    Source: derived here.

    >>> round(float(right_on_top(2, 0.0, 0.4, 0.4, 4)), 4)
    0.5
    """
    n = jnp.asarray(n, dtype=float)
    up, down = jnp.arange(most + 1.0)[:, None], jnp.arange(most + 1.0)
    rest = jnp.maximum(n - up - down, 0.0)
    other = 1.0 - jnp.asarray(right) - jnp.asarray(wrong)
    ways = gammaln(n + 1.0) - gammaln(up + 1.0) - gammaln(down + 1.0) - gammaln(rest + 1.0)
    logs = ways + xlogy(up, right) + xlogy(down, wrong) + xlogy(rest, other)
    chance = jnp.where(up + down <= n, jnp.exp(logs), 0.0)
    ahead = up - down - lead
    # Rounding of a lead such as 100 x 0.4 must not break ties.
    return jnp.sum(chance * jnp.where(jnp.abs(ahead) < 1e-6, 0.5, (ahead > 0).astype(float)))
