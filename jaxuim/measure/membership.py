"""Membership inference: what a model's confidence on an example says about having trained on it.

Each run is the target once, and the other runs are its shadow models.
"""

from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, flags, shape
from jaxuim.measure.performance import nan_unless_finite
from jaxuim.measure.roc import area, rate_at

Attack = Literal["online", "offline"]
Variance = Literal["fixed", "example"]


class _Gaussian(NamedTuple):
    """Mean and variance of an example's score over shadows, and whether there are enough."""

    mean: jax.Array
    variance: jax.Array
    known: jax.Array


def lira_scores(
    scores: ArrayLike,
    member: ArrayLike,
    attack: Attack = "online",
    variance: Variance = "fixed",
) -> jax.Array:
    """Return the statistic of the likelihood-ratio attack (LiRA), higher for members.

    Each example's scores over the shadows that trained on it, and over those that did not, are
    Gaussian. ``online``: the log likelihood ratio of the two. ``offline``: (score - mean_out) /
    sd_out, of which the paper's one-sided probability is a monotone function. The ``fixed``
    variance is one for all examples, pooled after subtracting each example's own mean;
    ``example`` estimates one each (divisor count - 1), which needs many shadows.

    Args:
        scores: f32[runs, N], log-odds of the true label, log(p / (1 - p)).
        member: bool[runs, N], which examples each run was trained on.
        attack: ``"online"`` or ``"offline"``.
        variance: ``"fixed"`` or ``"example"``.

    Returns:
        f32[runs, N]; NaN where an example has too few shadows: one on each side that is used (two
        for its own variance). While tracing, all NaN if a score is not finite.

    Raises:
        ValueError: wrong shapes, fewer than 3 runs, a value that is not finite, an unknown attack.

    Source: Carlini et al. 2022.

    >>> member = jnp.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> lira_scores(4.0 * member, member)[0].round()[0] > 0
    Array(True, dtype=bool)
    """
    phi, inside = checked_runs(scores, member)
    if attack not in ("online", "offline") or variance not in ("fixed", "example"):
        raise ValueError(
            f"attack = {attack!r}, variance = {variance!r}; "
            "allowed are 'online' or 'offline', and 'fixed' or 'example'"
        )
    return _lira(phi, inside, attack, variance)


def lira_online_auc(scores: ArrayLike, member: ArrayLike) -> jax.Array:
    """Return the area under the ROC curve of LiRA, online with fixed variance, for each run.

    Args:
        scores: f32[runs, N], log-odds of the true label.
        member: bool[runs, N].

    Returns:
        f32[runs] in [0, 1], 1/2 where nothing leaks; NaN for a run without member or non-member
        that has shadows on both sides, or, while tracing, if a score is not finite.

    Raises:
        ValueError: as :func:`lira_scores`.

    Source: Carlini et al. 2022.

    >>> member = jnp.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> lira_online_auc(4.0 * member, member).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    return _areas(lira_scores(scores, member), jnp.asarray(member))


def lira_offline_auc(scores: ArrayLike, member: ArrayLike) -> jax.Array:
    """Return the area under the ROC curve of LiRA, offline with fixed variance, for each run.

    Args:
        scores: f32[runs, N], log-odds of the true label.
        member: bool[runs, N].

    Returns:
        f32[runs] in [0, 1]; NaN as :func:`lira_online_auc`.

    Raises:
        ValueError: as :func:`lira_scores`.

    Source: Carlini et al. 2022.

    >>> member = jnp.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> lira_offline_auc(4.0 * member, member).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    return _areas(lira_scores(scores, member, "offline"), jnp.asarray(member))


def lira_tpr(scores: ArrayLike, member: ArrayLike) -> jax.Array:
    """Return each run's true positive rate of online LiRA at 1 % false positives.

    The variance is fixed. Nothing is interpolated; with fewer than 100 non-members no false
    positive is allowed.

    Args:
        scores: f32[runs, N], log-odds of the true label.
        member: bool[runs, N].

    Returns:
        f32[runs] in [0, 1], 0.01 expected where nothing leaks; NaN as :func:`lira_online_auc`.

    Raises:
        ValueError: as :func:`lira_scores`.

    Source: Carlini et al. 2022.

    >>> member = jnp.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> lira_tpr(4.0 * member, member).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    return _rates(lira_scores(scores, member), jnp.asarray(member))


def global_attack_auc(scores: ArrayLike, member: ArrayLike) -> jax.Array:
    """Return each run's area under the ROC curve of one threshold on the score for all examples.

    Args:
        scores: f32[runs, N], log-odds of the true label.
        member: bool[runs, N].

    Returns:
        f32[runs] in [0, 1]; NaN for a run without member or non-member, or, while tracing, if a
        score is not finite.

    Raises:
        ValueError: wrong shapes or a value that is not finite.

    Source: Yeom et al. 2018.

    >>> global_attack_auc([[2.0, 1.0], [0.0, 1.0]], [[1, 0], [1, 0]]).tolist()
    [1.0, 0.0]
    """
    phi, inside = checked_runs(scores, member, least=1)
    return nan_unless_finite(_areas(phi, inside), phi)


def checked_runs(
    scores: ArrayLike, member: ArrayLike, least: int = 3
) -> tuple[jax.Array, jax.Array]:
    """Return f32[runs, N] and bool[runs, N] after checking both.

    Raises:
        ValueError: wrong shapes, fewer than ``least`` runs, a value that is not finite.

    >>> checked_runs([[0.0]], [[1]])
    Traceback (most recent call last):
    ValueError: scores hold 1 runs; at least 3 are needed
    """
    runs, examples = shape("scores", scores, "runs N")
    shape("member", member, "runs N", runs=runs, N=examples)
    if runs < least:
        raise ValueError(f"scores hold {runs} runs; at least {least} are needed")
    return finite("scores", scores), flags("member", member)


@jax.jit(static_argnums=(2, 3))
def _lira(phi: jax.Array, inside: jax.Array, attack: Attack, variance: Variance) -> jax.Array:
    largest = jnp.abs(phi - phi.mean(axis=0)).max()
    floor = (1e-6 * largest) ** 2 + 1e-30  # shadows that agree exactly
    out = _shadows(phi, ~inside, variance, floor)
    if attack == "offline":
        statistic, known = (phi - out.mean) / jnp.sqrt(out.variance), out.known
    else:
        within = _shadows(phi, inside, variance, floor)
        statistic = _log_density(phi, within) - _log_density(phi, out)
        known = within.known & out.known
    return nan_unless_finite(jnp.where(known, statistic, jnp.nan), phi)


def _shadows(phi: jax.Array, chosen: jax.Array, variance: Variance, floor: jax.Array) -> _Gaussian:
    """Return each example's Gaussian over the chosen runs but the target, f32[runs, N].

    With c runs of mean m and squares q about it, leaving out one at distance d from m moves the
    mean to m - d / (c - 1) and the squares to q - d^2 c / (c - 1).
    """
    count = chosen.sum(axis=0)
    mean = jnp.where(chosen, phi, 0.0).sum(axis=0) / jnp.maximum(count, 1)
    distance = jnp.where(chosen, phi - mean, 0.0)
    squares = (distance**2).sum(axis=0)
    left = count - chosen
    over = jnp.maximum(left, 1)
    rest = jnp.maximum(squares - distance**2 * jnp.where(chosen, count / over, 0.0), 0.0)
    freedom = jnp.maximum(left - 1, 0)
    if variance == "fixed":
        pooled = rest.sum(axis=1, keepdims=True) / freedom.sum(axis=1, keepdims=True)
        known, spread = left > 0, jnp.broadcast_to(pooled, rest.shape)
    else:
        known, spread = left > 1, rest / jnp.maximum(freedom, 1)
    return _Gaussian(mean - distance / over, jnp.maximum(spread, floor), known)


def _log_density(phi: jax.Array, shadows: _Gaussian) -> jax.Array:
    """Return the log density of a Gaussian, but for a constant."""
    return -0.5 * (jnp.log(shadows.variance) + (phi - shadows.mean) ** 2 / shadows.variance)


@jax.jit
def _rates(statistic: jax.Array, member: jax.Array) -> jax.Array:
    return jax.vmap(rate_at)(statistic, member.astype(bool), jnp.isfinite(statistic))


@jax.jit
def _areas(statistic: jax.Array, member: jax.Array) -> jax.Array:
    return jax.vmap(area)(statistic, member.astype(bool), jnp.isfinite(statistic))
