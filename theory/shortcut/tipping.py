"""Where the worst group falls below chance, and how much of which remedy brings it back."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.shortcut.groups import Features


def critical_correlation(core: ArrayLike, spurious: ArrayLike) -> jax.Array:
    """Return r*, the correlation at which the worst group errs half of the time.

    [-S_s + sqrt(S_s^2 + 4 S_c^2 S_s (1 + S_s))] / (2 S_c S_s), the positive root of
    S_c (1 + S_s (1 - r^2)) = r S_s. Above 1, where there is no tipping, iff S_s < S_c.

    Args:
        core: S_c, see ``strengths``; a ridge enters through S only.
        spurious: S_s.

    Source: derived here.

    >>> round(float(critical_correlation(1.0, 4.0)), 5)
    0.72474
    """
    core, spurious = jnp.asarray(core, dtype=float), jnp.asarray(spurious, dtype=float)
    inside = jnp.square(spurious) + 4.0 * jnp.square(core) * spurious * (1.0 + spurious)
    # The rationalised root: no difference of nearly equal numbers for a weak core feature.
    return 2.0 * core * (1.0 + spurious) / (spurious + jnp.sqrt(inside))


def mixed_correlation(share: ArrayLike, before: ArrayLike, clean: ArrayLike = 0.0) -> jax.Array:
    """Return (1 - f) r_pre + f r_down, the correlation after mixing in a share f of other data.

    >>> round(float(mixed_correlation(0.25, 0.8)), 6)
    0.6
    """
    return (1.0 - jnp.asarray(share)) * before + jnp.asarray(share) * clean


def critical_share(before: ArrayLike, critical: ArrayLike, clean: ArrayLike = 0.0) -> jax.Array:
    """Return f* = (r_pre - r*) / (r_pre - r_down), the share of clean data that rescues.

    Args:
        before: r_pre of the biased data.
        critical: r*.
        clean: r_down of the data mixed in, below r*.

    Source: derived here.

    >>> round(float(critical_share(0.95, critical_correlation(1.0, 4.0))), 4)
    0.2371
    """
    before = jnp.asarray(before)
    return (before - critical) / (before - clean)


def weighted_correlation(r: ArrayLike, weight: ArrayLike) -> jax.Array:
    """Return r_eff after counting samples whose attribute disagrees ``weight`` times.

    [(1 + r) - w (1 - r)] / [(1 + r) + w (1 - r)].

    Source: derived here.

    >>> round(float(weighted_correlation(0.5, 3.0)), 6)
    0.0
    """
    agree, disagree = 1.0 + jnp.asarray(r), jnp.asarray(weight) * (1.0 - jnp.asarray(r))
    return (agree - disagree) / (agree + disagree)


def critical_weight(r: ArrayLike, critical: ArrayLike) -> jax.Array:
    """Return (1 - r*)(1 + r) / ((1 + r*)(1 - r)), the weight of the minority that rescues.

    Args:
        r: correlation in the data, below 1.
        critical: r*.

    Source: derived here.

    >>> round(float(critical_weight(0.9, critical_correlation(1.0, 4.0))), 4)
    3.0322
    """
    r, critical = jnp.asarray(r), jnp.asarray(critical)
    return (1.0 - critical) * (1.0 + r) / ((1.0 + critical) * (1.0 - r))


def critical_stiffness(features: Features, start: tuple[ArrayLike, ArrayLike]) -> jax.Array:
    """Return l*, the stiffness up to which fine-tuning on balanced data rescues the worst group.

    The positive root of (A - B) l^2 + (mu_c^2 + A C_s - B C_c) l + mu_c^2 C_s = 0 with A = mu_c
    w_c, B = mu_s w_s of the pre-trained weights and C = mu^2 + sigma^2 of each feature: unique
    where A < B, that is, where the pre-trained worst group errs more than half of the time.

    Args:
        features: means and standard deviations.
        start: pre-trained (w_c, w_s) with mu_c w_c < mu_s w_s; the result is nan otherwise.

    Source: derived here.

    >>> from theory.shortcut.groups import fitted
    >>> kind = Features(1.0, 1.0, 2.0, 1.0)
    >>> bool(critical_stiffness(kind, fitted(kind, 0.95)) > 0)
    True
    """
    right = features.core * jnp.asarray(start[0])
    wrong = features.spurious * jnp.asarray(start[1])
    own = jnp.square(features.core) + jnp.square(features.core_sd)
    other = jnp.square(features.spurious) + jnp.square(features.spurious_sd)
    first, constant = right - wrong, jnp.square(features.core) * other
    middle = jnp.square(features.core) + right * other - wrong * own
    root = jnp.sqrt(jnp.square(middle) - 4.0 * first * constant)
    return jnp.where(first < 0, (middle + root) / (-2.0 * first), jnp.nan)
