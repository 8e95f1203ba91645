"""Alignment by reward under a KL penalty: log-odds add, so pre-training bias has a limit."""

import jax
import jax.numpy as jnp
from jax.scipy.special import logit
from jax.typing import ArrayLike


def aligned(reference: ArrayLike, reward: ArrayLike, penalty: ArrayLike) -> jax.Array:
    """Return pi = pi0 exp(r / beta) / Z, which maximises E_pi r - beta KL(pi | pi0), shape (K,).

    Args:
        reference: pre-trained probabilities pi0, shape (K,), positive.
        reward: r of every option, shape (K,); a common shift changes nothing.
        penalty: beta > 0, in units of the reward.

    Source: standard in KL-regularised control; Ziegler et al. 2019 (arXiv 1909.08593).

    >>> aligned(jnp.array([0.8, 0.2]), jnp.array([0.0, 100.0]), 1.0).round(3).tolist()
    [0.0, 1.0]
    """
    tilt = jnp.log(jnp.asarray(reference)) + jnp.asarray(reward) / penalty
    return jax.nn.softmax(tilt)


def aligned_bad(bias: ArrayLike, gap: ArrayLike, penalty: ArrayLike) -> jax.Array:
    """Return sigmoid(logit(p0) - D / beta), the aligned probability of the bad one of two options.

    Args:
        bias: p0, its pre-trained probability, in (0, 1).
        gap: D, reward of the good option minus that of the bad one.
        penalty: beta, in units of the reward.

    Source: derived here.

    >>> round(float(aligned_bad(0.8, 0.0, 1.0)), 4)
    0.8
    """
    return jax.nn.sigmoid(logit(jnp.asarray(bias)) - jnp.asarray(gap) / penalty)


def critical_bias(gap: ArrayLike, penalty: ArrayLike) -> jax.Array:
    """Return p0* = 1 / (1 + exp(-D / beta)): beyond, the bad option still dominates when aligned.

    Arguments as for ``aligned_bad``.

    Source: derived here.

    >>> round(float(critical_bias(1.5, 0.7)), 3)
    0.895
    """
    return jax.nn.sigmoid(jnp.asarray(gap) / penalty)
