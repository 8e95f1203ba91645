"""The whole pipeline, where its risk tips, and the exponent at which the feature fades."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from jaxuim import laws
from theory.feature_learning.bidiagonal import Array, spiked
from theory.feature_learning.features import probe_excess
from theory.feature_learning.pipeline import pretrained, pretrained_large, probed, tested
from theory.feature_learning.transition import (
    critical_noise,
    left_overlap,
    residual_overlap,
    signal,
)
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row, Tip
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import CONFIDENCE, summarise

D, M, N = 150, 80, 400  # dimension, tasks, samples of a task
NOISE, PROBE = 0.3, 40  # downstream label noise and samples
LARGE = 20000  # dimension and tasks where the tipping point is sought
SEEDS, PROBES, TESTS = 12, 400, 1000
Found = tuple[float, float, float, float]
REPEATS = 40  # probes of every learnt feature
LIMIT = "corrections of relative order 1 / (d (1 - ratio)^3) to the limit's overlap, at most 3 %"
LEANING = "the edge of the noise fluctuates: relative correction 2 s / (1 - s) d^(-1/3)"
NEAR = "leading order; the correction 2 s / (1 - s) d^(-1/3) is as large as the term: must fail"


def _pair(words: str, ratio: float, d: int, m: int, found: Found) -> list[Row]:
    """Return rows of overlap and probe risk; what the overlap's formula leaves out, the risk has.

    ``found`` are mean and standard error of both.
    """
    if ratio < 1:
        q = float(left_overlap(signal(ratio, d / m), d / m))
        loose, reason = min(0.03, 1.0 / (d * (1.0 - ratio) ** 3)), LIMIT
    else:
        q = float(residual_overlap(ratio, d / m, d))
        loose, reason = 2.0 / (ratio - 1.0) * d ** (-1.0 / 3.0), LEANING
    excess = float(probe_excess(q, 1.0, NOISE, PROBE))
    lost = float(probe_excess(q * (1.0 - loose), 1.0, NOISE, PROBE)) - excess
    overlap, error, risk, slack = found
    return [
        Row(f"overlap, {words}", q, overlap, error, loose, reason=reason),
        Row(f"probe risk, {words}", excess, risk, slack, lost / excess, reason=reason),
    ]


def _risks(rng: np.random.Generator, overlaps: Array) -> tuple[Array, Array]:
    """Return mean and standard error of simulated probes' risk; repetitions on the first axis."""
    draws = probed(rng, np.repeat(overlaps[:, None], REPEATS, axis=1), NOISE, PROBE)
    return mean_error(draws.mean(axis=1))


def run_pipeline(size: Size) -> Outcome:
    """Compare overlap and probe risk after least squares on 80 noisy tasks."""
    ratios = np.array([0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 10.0])
    noises = ratios * float(critical_noise(1.0, N, D, M))
    rng = size.rng("pipeline")
    blocks = [pretrained(rng, 50, noises, N, D, M) for _ in range(size.repetitions(600) // 50 or 1)]
    overlaps = np.concatenate(blocks)
    mean, error = mean_error(overlaps)
    risk, slack = _risks(rng, overlaps)
    rows = []
    for i in map(int, np.flatnonzero(np.isin(ratios, (0.1, 0.4, 10.0)))):
        numbers = float(mean[i]), float(error[i]), float(risk[i]), float(slack[i])
        words = f"pre-training noise {ratios[i]:g} of critical, d = {D}"
        rows += _pair(words, float(ratios[i]), D, M, numbers)
    i = int(np.flatnonzero(ratios == 1.5)[0])
    rows.append(
        Row(
            f"overlap, pre-training noise 1.5 of critical, d = {D}, leading order",
            float(residual_overlap(1.5, D / M, D)), float(mean[i]), float(error[i]),
            reason=NEAR, holds=False,
        )
    )  # fmt: skip
    shown = ratios < 2.0
    curves = {"ratio": ratios[shown], "overlap": mean[shown], "overlap error": error[shown]}
    curves |= {"risk": risk[shown], "risk error": slack[shown]}
    return Outcome(rows=tuple(rows), curves=curves)


def run_large(size: Size) -> Outcome:
    """Compare overlap and probe risk near the threshold, where 150 dimensions are too few."""
    d, m, n, ratio = 1500, 800, 4000, 0.7
    noise = ratio * float(critical_noise(1.0, n, d, m))
    rng = size.rng("large pipeline")
    draws = [pretrained_large(rng, noise, n, d, m) for _ in range(size.repetitions(60, 10))]
    (mean, error), (risk, slack) = mean_error(draws), _risks(rng, np.array(draws))
    numbers = float(mean), float(error), float(risk), float(slack)
    words = f"pre-training noise {ratio:g} of critical, d = {d}"
    return Outcome(rows=tuple(_pair(words, ratio, d, m, numbers)))


def best_hinge(x: Array, y: Array) -> float:
    """Return the place t of the hinge a + b x + c (x - t)_+ that is closest to a curve.

    >>> x = np.linspace(0.0, 1.0, 11)
    >>> round(best_hinge(x, np.maximum(x - 0.43, 0.0)), 3)
    0.43
    """
    grid = np.linspace(x[1], x[-2], 4001)
    columns = np.stack([np.ones_like(x), x], axis=1)
    basis, _ = np.linalg.qr(columns)
    arms = np.maximum(x - grid[:, None], 0.0)
    arms = arms - (arms @ basis) @ basis.T
    left = y - basis @ (basis.T @ y)
    gain = (arms @ left) ** 2 / np.einsum("ij,ij->i", arms, arms)
    return float(grid[np.argmax(gain)])


def _shuffled(rng: np.random.Generator, draws: Array, shape: tuple[int, int]) -> Array:
    """Return draws (count, levels) as (data sets, seeds, levels), no noise shared within a set."""
    columns = [rng.permutation(column) for column in draws.T]
    return np.stack(columns, axis=1).reshape(*shape, -1)


def run_tip(size: Size) -> Outcome:
    """Look for the kink in measured test error; d = 20 000, where rounding is below the noise."""
    ratios = np.linspace(0.5, 1.5, 21)
    pilot = spiked(size.rng("pilot"), size.repetitions(3000), ratios, LARGE, LARGE)["left"]
    error = NOISE + probe_excess(pilot.mean(axis=0), 1.0, NOISE, PROBES)
    place = best_hinge(ratios, np.asarray(error))
    rng = size.rng("tip")
    draws = spiked(rng, size.studies * SEEDS, ratios, LARGE, LARGE)["left"]
    overlap = _shuffled(rng, draws, (size.studies, SEEDS))
    measured = tested(rng, overlap, NOISE, PROBES, TESTS).mean(axis=1)
    points = laws.tipping_points(ratios, measured, confidence=CONFIDENCE)
    found = [(p.location, p.interval, p.kind) for p in points]
    name = "critical noise of feature learning, in test error"
    tip = replace(
        summarise(name, "kink", place, 1.0, found),
        origin="a pilot simulation",
    )
    limit = summarise(name, "kink", 1.0, 1.0, found)
    curves = {"ratio": ratios, "first": measured[0], "finite": np.asarray(error)}
    return Outcome(rows=(_held(tip, limit.covered),), tips=(tip,), curves=curves)


def _held(tip: Tip, held: int) -> Row:
    """Compare how many intervals hold the infinite model's critical noise, and how many should.

    Expected for normal estimates around the finite-size place with intervals of the median width.
    """
    quantile = float(ndtri(0.5 + 0.5 * CONFIDENCE))
    shift = (1.0 - tip.predicted) / (tip.width / (2.0 * quantile))
    expected = float(ndtr(quantile - shift) - ndtr(-quantile - shift))
    error = float(np.sqrt(expected * (1.0 - expected) / tip.repetitions))
    return Row(
        "share of the 90 % intervals of the kink that hold the critical noise of infinite d",
        expected, held / tip.repetitions, error, floor=0.05,
        reason="intervals of 90 % may cover 85 to 95 %",
    )  # fmt: skip


def run_exponent(size: Size) -> Outcome:
    """Fit how the overlap fades with the distance from the critical noise; d = 2 m."""
    gaps, seeds = np.geomspace(0.12, 0.5, 25), 4
    d, m = 2 * LARGE, LARGE
    draws = spiked(size.rng("exponent"), size.studies * seeds, 1.0 - gaps, d, m)["left"]
    curves = _shuffled(size.rng("exponent order"), draws, (size.studies, seeds)).mean(axis=1)
    pilot = spiked(size.rng("exponent pilot"), size.repetitions(600, 100), 1.0 - gaps, d, m)["left"]
    theory = np.asarray(left_overlap(signal(1.0 - gaps, d / m), d / m))
    found = study_exponent(
        "overlap against distance below the critical noise, as c x^-alpha",
        gaps, theory, curves, asymptotic=-1.0, y_err=pilot.std(axis=0) / np.sqrt(seeds),
    )  # fmt: skip
    return Outcome(exponents=(found,), curves={"gap": gaps, "overlap": curves[0]})
