"""Alignment and prompting held against samples: what bias is too much, what prompt long enough."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from theory.alignment import prompting, simulation, tilting
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
SEEDS = 12
GAP, PENALTY = 1.5, 0.7
BIASES = np.linspace(0.80, 0.97, 12)

BINARY = (0.7, 0.4)  # P(1) in bad and in good text
SHARES = (1e-2, 1e-4, 1e-6)
SHARE, DIVERGENCE = 0.01, 0.05
LENGTHS = np.linspace(20.0, 200.0, 13)
RARE = np.geomspace(2e-2, 1e-6, 12)
STEPS_KL, PROMPTS = 0.5, 40


def alignment(size: Size) -> Outcome:
    """Find the pre-training bias beyond which an aligned model still prefers the bad option."""
    reference, reward = np.array([0.5, 0.25, 0.15, 0.1]), np.array([0.0, 1.0, 0.4, 1.6])
    theory = np.asarray(tilting.aligned(reference, reward, PENALTY))
    numeric = simulation.mirror_ascent(reference, reward, PENALTY)
    place = float(tilting.critical_bias(GAP, PENALTY))
    half = root(lambda p: tilting.aligned_bad(p, GAP, PENALTY) - 0.5, 0.5, 0.999)
    rows = (
        Row("aligned probability of the worst of four options", float(theory[0]),
            float(numeric[0]), allowance=1e-10, reason="rounding of 200 steps of mirror ascent"),
        Row("critical pre-training bias", place, half, allowance=1e-10, reason="rounding"),
    )  # fmt: skip
    case, count = (GAP, PENALTY, 1000, 400), size.studies * SEEDS
    draws = simulation.tuned_shares(size.rng("alignment"), BIASES, case, count)
    sets = draws.reshape(size.studies, SEEDS, -1)
    name = "pre-training bias that alignment cannot undo"
    tip = study_crossing(name, BIASES, sets - 0.5, place, asymptotic=place)
    means, errors = mean_error(sets[0])
    return Outcome(rows, (tip,), curves={"bias": BIASES, "bad": means, "error": errors})


def lengths(size: Size) -> Outcome:
    """Hold mean prompt lengths against walks, with and without the overshoot."""
    rng, rows = size.rng("prompt lengths"), []
    bad, good = BINARY
    divergence = float(stats.entropy([bad, 1 - bad], [good, 1 - good]))
    overshoot = prompting.binary_overshoot(bad, good)
    barriers = np.asarray(prompting.barrier(np.array(SHARES)))
    blocks = simulation.in_blocks(size.repetitions(80_000, 12_000), 4000)
    draws = [simulation.first_passages(rng, BINARY, barriers, 450, block) for block in blocks]
    for share, column in zip(SHARES, np.concatenate(draws).T, strict=True):
        rows.append(
            _length(f"binary tokens, share {share:g}", share, divergence, overshoot, column)
        )
    rows.append(
        _length("binary tokens, share 0.01, no overshoot", SHARES[0], divergence, 0.0,
                np.concatenate(draws)[:, 0], holds=False)
    )  # fmt: skip
    far = np.array([float(prompting.barrier(0.01))])
    draws = [simulation.first_passages(rng, 0.5, far, 160, block)[:, 0] for block in blocks]
    exact, small = float(prompting.normal_overshoot(0.5)), prompting.small_step_overshoot
    found = np.concatenate(draws)
    rows.append(_length("normal evidence, KL 0.5, share 0.01", 0.01, 0.5, exact, found))
    words = "normal evidence, KL 0.5, no overshoot"
    rows.append(_length(words, 0.01, 0.5, 0.0, found, holds=False))
    far = np.array([float(prompting.barrier(1e-4))])
    blocks = simulation.in_blocks(size.repetitions(8000), 400)
    draws = [simulation.first_passages(rng, 0.01, far, 8000, block)[:, 0] for block in blocks]
    words = "normal evidence, KL 0.01, small-step overshoot"
    rows.append(_length(words, 1e-4, 0.01, float(small(0.01)), np.concatenate(draws), 0.002))
    return Outcome(rows=tuple(rows))


def _length(
    words: str, share: float, divergence: float, overshoot: float, draws: Array,
    allowance: float = 0.002, holds: bool = True,
) -> Row:  # fmt: skip
    mean, error = mean_error(draws)
    predicted = float(prompting.flip_length(share, divergence, overshoot))
    reason = "the overshoot is that of a far barrier" if holds else "known to be low"
    return Row(
        f"prompt length that flips, {words}", predicted, float(mean), float(error),
        allowance if holds else 0.0, 0.0, reason, holds,
    )  # fmt: skip


def flips(size: Size) -> Outcome:
    """Find the prompt length at which half of the prompts have flipped the posterior."""
    rng, far = size.rng("flips"), float(prompting.barrier(SHARE))
    shape = (size.studies, SEEDS, 40)
    flipped = simulation.evidence_at(rng, DIVERGENCE, LENGTHS, shape) > far
    sets = flipped.mean(axis=2, dtype=np.float64)
    place = far / DIVERGENCE
    name = "prompt length at which the posterior has flipped in half of the prompts"
    tip = study_crossing(name, LENGTHS, sets - 0.5, place, asymptotic=place)
    rows, count = [], size.repetitions(400_000)
    for length in (60.0, 80.0, 150.0):
        ended = simulation.evidence_at(rng, DIVERGENCE, np.array([length]), (count,))[:, 0] > far
        mean, error = mean_error(ended)
        predicted = float(prompting.flipped_at(length, SHARE, DIVERGENCE))
        words = f"P(flipped at length {length:g}), KL 0.05, share 0.01"
        rows.append(Row(words, predicted, float(mean), float(error)))
    blocks = simulation.in_blocks(size.repetitions(40_000), 4000)
    draws = [simulation.first_passages(rng, DIVERGENCE, np.array([far]), 150, b) for b in blocks]
    passed = np.concatenate(draws)[:, 0]
    for length in (60.0, 80.0, 150.0):
        mean, error = mean_error(passed <= length)
        predicted = float(prompting.flipped_by(length, SHARE, DIVERGENCE))
        words = f"P(flipped by length {length:g}), KL 0.05, share 0.01"
        reason = "the overshoot is replaced by its mean, the walk by Brownian motion"
        rows.append(Row(words, predicted, float(mean), float(error), 0.02, 0.0, reason))
    means, errors = mean_error(sets[0])
    curves = {"length": LENGTHS, "flipped": means, "error": errors}
    return Outcome(tuple(rows), (tip,), curves=curves)


def logarithm(size: Size) -> Outcome:
    """Fit how the prompt length grows with the log-odds of a rare component: linearly."""
    rng, far = size.rng("logarithm"), np.asarray(prompting.barrier(RARE))
    count = size.studies * PROMPTS
    columns = []
    for barrier in far:
        draws = simulation.first_passages(rng, STEPS_KL, np.array([barrier]), 200, count)
        columns.append(draws[:, 0].reshape(size.studies, PROMPTS).mean(axis=1))
    table = np.stack(columns, axis=1)
    spread = table.std(axis=0, ddof=1)
    overshoot = float(prompting.normal_overshoot(STEPS_KL))
    theory = np.asarray(prompting.flip_length(RARE, STEPS_KL, overshoot))
    name = "prompt length against log((1 - share) / share)"
    fitted = study_exponent(name, far, theory, table, asymptotic=-1.0, y_err=spread)
    curves = {"odds": far, "theory": theory, "found": table[0], "error": spread}
    return Outcome(exponents=(fitted,), curves=curves)


def speed(size: Size) -> Outcome:
    """Time flips over 13 prompt lengths, 40 prompts, against a loop over data sets."""
    rng, far = size.rng("speed"), float(prompting.barrier(SHARE))

    def program(count: int) -> Array:
        ended = simulation.evidence_at(rng, DIVERGENCE, LENGTHS, (count, 40)) > far
        return np.asarray(np.count_nonzero(ended, axis=1) / 40)

    def loop(own: np.random.Generator) -> Array:
        found = np.empty((40, len(LENGTHS)))
        at = LENGTHS.astype(int) - 1
        for i in range(40):
            tokens = own.standard_normal(int(LENGTHS[-1]))
            walk = np.cumsum(DIVERGENCE + np.sqrt(2 * DIVERGENCE) * tokens)
            found[i] = walk[at] > far
        return found.mean(axis=0)

    name = "posterior flips of 40 prompts of 13 lengths"
    return Outcome(speeds=(study_speed(name, program, loop, 400),))
