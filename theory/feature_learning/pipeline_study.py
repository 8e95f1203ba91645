"""The whole pipeline, where its risk tips, and the exponent at which the feature fades."""

import numpy as np

from theory.feature_learning.bidiagonal import Array, spiked
from theory.feature_learning.features import probe_excess
from theory.feature_learning.pipeline import pretrained, pretrained_large, probed, tested
from theory.feature_learning.transition import critical_noise, left_overlap, signal
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import study_tip

D, M, N = 150, 80, 400  # dimension, tasks, samples of a task
NOISE, PROBE = 0.3, 40  # downstream label noise and samples
LARGE = 20000  # dimension and tasks where the tipping point is sought
SEEDS, PROBES, TESTS = 12, 400, 1000
LIMIT = "d = 150: corrections of order 1/d to the limit"
TAIL = "beyond the threshold an overlap of 0.02 to 0.06 remains at d of 150 to 400"


def run_pipeline(size: Size) -> Outcome:
    """Compare overlap and probe risk after least squares on 80 noisy tasks."""
    ratios = np.array([0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5])
    noises = ratios * float(critical_noise(1.0, N, D, M))
    rng = size.rng("pipeline")
    blocks = [pretrained(rng, 50, noises, N, D, M) for _ in range(size.repetitions(600) // 50 or 1)]
    overlaps = np.concatenate(blocks)
    (mean, error) = mean_error(overlaps)
    draws = probed(rng, np.repeat(overlaps, 40, axis=0), NOISE, PROBE)
    risk, slack = mean_error(draws.reshape(len(overlaps), 40, -1).mean(axis=1))
    rows = []
    for ratio in (0.1, 0.4, 1.5):
        i = int(np.argmin(np.abs(ratios - ratio)))
        q = float(left_overlap(signal(ratio, D / M), D / M))
        excess = float(probe_excess(q, 1.0, NOISE, PROBE))
        words = f"pre-training noise {ratio:g} of critical"
        loose = (0.025, 0.026) if ratio < 1 else (0.0, 0.0)
        floor, reason = (0.0, LIMIT) if ratio < 1 else (0.06, TAIL)
        rows += [
            Row(f"overlap, {words}", q, float(mean[i]), float(error[i]), loose[0], floor, reason),
            Row(
                f"probe risk, {words}",
                excess,
                float(risk[i]),
                float(slack[i]),
                loose[1],
                floor,
                reason,
            ),
        ]
    curves = {"ratio": ratios, "overlap": mean, "overlap error": error}
    return Outcome(rows=tuple(rows), curves=curves | {"risk": risk, "risk error": slack})


def run_large(size: Size) -> Outcome:
    """Compare overlap and probe risk near the threshold, where 150 dimensions are too few."""
    d, m, n, ratio = 1500, 800, 4000, 0.7
    noise = ratio * float(critical_noise(1.0, n, d, m))
    rng = size.rng("large pipeline")
    draws = [pretrained_large(rng, noise, n, d, m) for _ in range(size.repetitions(60, 10))]
    mean, error = mean_error(draws)
    risk, slack = mean_error(probe_excess(np.array(draws), 1.0, NOISE, PROBE))
    q = float(left_overlap(signal(ratio, d / m), d / m))
    excess = float(probe_excess(q, 1.0, NOISE, PROBE))
    reason = "d = 1500: corrections of order 1/d to the limit"
    words = f"pre-training noise {ratio:g} of critical, d = {d}"
    return Outcome(
        rows=(
            Row(f"overlap, {words}", q, float(mean), float(error), 0.025, reason=reason),
            Row(f"probe risk, {words}", excess, float(risk), float(slack), 0.026, reason=reason),
        )
    )


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
    tip = study_tip(
        "critical noise of feature learning, in test error", "kink", ratios, measured, place,
        asymptotic=1.0,
    )  # fmt: skip
    curves = {"ratio": ratios, "first": measured[0], "finite": np.asarray(error)}
    return Outcome(tips=(tip,), curves=curves)


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
