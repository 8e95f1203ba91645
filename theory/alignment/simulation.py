"""Simulated alignment, prompts and wash-out, many at a time."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]


def tuned_shares(
    rng: np.random.Generator, levels: Array, case: tuple[float, float, int, int], count: int
) -> Array:
    """Return the share of bad answers after alignment on preferences, shape (count, levels).

    The reward gap is estimated from comparisons (Bradley and Terry), every policy climbs its
    objective by mirror ascent from the reference, and answers are drawn; levels of pre-training
    bias share the comparisons and uniform numbers.

    Args:
        rng: generator.
        levels: pre-trained probabilities of the bad option.
        case: reward gap, penalty, comparisons, answers.
        count: seeds.
    """
    gap, penalty, comparisons, answers = case
    wins = rng.binomial(comparisons, expit(gap), count)
    found = np.log((wins + 0.5) / (comparisons - wins + 0.5))
    reward = np.stack([np.zeros(count), found], axis=-1)[:, None, :]
    reference = np.broadcast_to(np.stack([levels, 1.0 - levels], axis=-1), (count, len(levels), 2))
    chance = mirror_ascent(reference, reward, penalty, steps=40)[..., 0]
    uniform = np.sort(rng.random((count, answers)), axis=1)
    return np.array([
        np.searchsorted(row, p) / answers for row, p in zip(uniform, chance, strict=True)
    ])  # fmt: skip


def mirror_ascent(reference: Array, reward: Array, penalty: float, steps: int = 200) -> Array:
    """Return policies that maximise reward minus penalty KL, by exponentiated gradients.

    They start from the reference; options are along the last axis. A step halves the distance of
    the log-odds to where the gradient vanishes.
    """
    policy = np.array(reference)
    for _ in range(steps):
        gradient = reward - penalty * (np.log(policy / reference) + 1.0)
        gradient = gradient - np.sum(policy * gradient, axis=-1, keepdims=True)
        policy = policy * np.exp(0.5 / penalty * gradient)
        policy = policy / policy.sum(axis=-1, keepdims=True)
    return policy


def first_passages(
    rng: np.random.Generator,
    evidence: tuple[float, float] | float,
    barriers: Array,
    steps: int,
    count: int,
) -> Array:
    """Return the token at which evidence first exceeds each barrier, (count, barriers).

    Args:
        rng: generator.
        evidence: KL of normal evidence N(KL, 2 KL), or (P(1 | bad), P(1 | good)) of binary tokens.
        barriers: log-odds against the bad component, shape (barriers,).
        steps: tokens that are drawn at most; nan where the barrier is not reached.
        count: prompts.
    """  # fmt: skip
    shape = (count, steps)
    if isinstance(evidence, tuple):
        bad, good = evidence
        one, zero = np.log(bad / good), np.log((1.0 - bad) / (1.0 - good))
        steps_up = np.where(rng.random(shape) < bad, one, zero)
    else:
        steps_up = evidence + np.sqrt(2.0 * evidence) * rng.standard_normal(shape)
    walk = np.cumsum(steps_up, axis=1)
    found = np.empty((count, len(barriers)))
    for column, barrier in enumerate(barriers):
        above = walk > barrier
        first = np.argmax(above, axis=1)
        found[:, column] = np.where(above[np.arange(count), first], first + 1.0, np.nan)
    return found


def in_blocks(total: int, block: int) -> list[int]:
    """Return block sizes that add up to a total."""
    return [min(block, total - start) for start in range(0, total, block)]


def evidence_at(
    rng: np.random.Generator, divergence: float, lengths: Array, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return the evidence of prompts at increasing lengths, normal per token, (*shape, lengths)."""
    gaps = np.diff(np.r_[0.0, lengths])
    # Lengths come first in memory, so that sums run over whole arrays of prompts.
    found = rng.standard_normal((len(lengths), *shape), dtype=np.float32)
    for i, gap in enumerate(gaps):
        found[i] *= np.float32(np.sqrt(2.0 * gap * divergence))
        found[i] += np.float32(gap * divergence)
        if i:
            found[i] += found[i - 1]
    return np.moveaxis(found, 0, -1)


def top_shares(
    rng: np.random.Generator,
    levels: NDArray[np.int64],
    case: tuple[float, Array, Array],
    shape: tuple[int, int],
) -> Array:
    """Return how often class 0 beats class 1 after n draws on top of prior counts, ties shared.

    Args:
        rng: generator.
        levels: increasing n; more draws contain fewer, shape (levels,).
        case: n0, pre-trained probabilities (3,), downstream probabilities (3,).
        shape: seeds, items of a seed; the mean is over items.
    """  # fmt: skip
    strength, before, after = case
    lead = strength * (before[1] - before[0])
    ahead, found = np.zeros(shape), []
    for more in np.diff(np.r_[0, levels]):
        counts = rng.multinomial(more, after, size=shape)
        ahead = ahead + counts[..., 0] - counts[..., 1]
        tied = np.abs(ahead - lead) < 1e-6
        found.append(np.mean(np.where(tied, 0.5, ahead > lead), axis=1))
    return np.stack(found, axis=1)


def private_errors(
    rng: np.random.Generator, n: int, d: int, case: tuple[float, float, float], count: int
) -> Array:
    """Return squared errors of private means where clipping is inactive, exact in law, (count,).

    ``case`` is the variance of a coordinate, the clipping norm and mu.
    """
    variance, clip, mu = case
    noise = 2.0 * clip / (n * mu)
    sampled = np.sqrt(variance / n) * rng.standard_normal((count, d))
    return np.sum((sampled + noise * rng.standard_normal((count, d))) ** 2, axis=1)
