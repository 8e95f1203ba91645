"""What a language model prefers to say and what it knows, from losses and hits on statements."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, flags, shape
from jaxuim.measure.performance import nan_unless_finite


def pair_probability(losses: ArrayLike, others: ArrayLike) -> jax.Array:
    """Return the mean over pairs of ``P(first) / (P(first) + P(second))``.

    With losses ``l = -log P`` summed over a statement that is ``sigmoid(l_second - l_first)``.
    Statements of a pair should differ in what is probed alone. Unlike the share of pairs in which
    the first is likelier, this follows the probability that a well-trained model assigns.

    Args:
        losses: f32[p], of the first statement of each pair, in nats.
        others: f32[p], of the second.

    Returns:
        f32[] in [0, 1], 1/2 for a model without preference; NaN inside jit if a loss is not finite.

    Raises:
        ValueError: wrong or different shapes, no pair, or a loss that is not finite.

    Source: derived here; pairs as in Nangia et al. 2020 (CrowS-Pairs).

    >>> round(float(pair_probability(jnp.array([1.0]), jnp.array([2.0]))), 4)
    0.7311
    """
    (pairs,) = shape("losses", losses, "p")
    shape("others", others, "p", p=pairs)
    first, second = finite("losses", losses), finite("others", others)
    share = jax.nn.sigmoid(second - first).mean()
    return nan_unless_finite(nan_unless_finite(share, first), second)


def fact_error(hits: ArrayLike) -> jax.Array:
    """Return the share of facts that were not completed correctly.

    Args:
        hits: bool[f], whether the likeliest completion is the fact.

    Returns:
        f32[] in [0, 1].

    Raises:
        ValueError: wrong shape, or no fact.

    Source: Petroni et al. 2019 (precision at 1 of LAMA, here 1 minus it).

    >>> float(fact_error(jnp.array([True, True, True, False])))
    0.25
    """
    shape("hits", hits, "f")
    known = flags("hits", hits)
    return 1.0 - known.astype(jnp.float32).mean()


def rare_fact_error(hits: ArrayLike) -> jax.Array:
    """Return the share of the last half of the facts that were not completed correctly.

    Args:
        hits: bool[f], facts in order of how often their subject is mentioned, the most frequent
            first.

    Returns:
        f32[] in [0, 1].

    Raises:
        ValueError: wrong shape, or no fact.

    Source: Kandpal et al. 2023, in its simplest form.

    >>> float(rare_fact_error(jnp.array([True, True, True, False])))
    0.5
    """
    shape("hits", hits, "f")
    known = flags("hits", hits)
    return fact_error(known[known.shape[0] // 2 :])
