"""Membership inference and exposure against theory, and copies needed for an attack."""

import numpy as np

from theory.memorisation.copies import typical_leverage
from theory.memorisation.membership import (
    advantage,
    copies_needed,
    expected_exposure,
    mean_separation,
    power,
    residual_advantage,
    residual_threshold,
)
from theory.memorisation.simulation import Array, attacked, exposures, left_out, released_scores
from theory.numerics.repeat import mean_error, ratio_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed

SPECTRUM = np.arange(1.0, 501.0) ** -1.2
BETA = np.sqrt(np.arange(1.0, 501.0) ** -1.8 / SPECTRUM)
NOISE = 0.25
CASES = ((250, 1e-3, 100), (250, 1e-2, 100), (600, 1e-3, 30))  # samples, ridge, repetitions
CUTS = np.linspace(0.1, 1.6, 31)
RELEASES = ((100, 400, 1, 0.0), (400, 400, 1, 0.0), (100, 400, 4, 0.0), (100, 400, 2, 0.0025))
VARIED = "leverages vary from point to point: corrections of order 1 / df1"
TYPICAL = "the target's length varies, and n - m is taken as n"
FALSE = 0.05


def run_residuals(size: Size) -> Outcome:
    """Compare the threshold attack on residuals of ridge regression, and duplicated members."""
    rows, curves = [], {"cuts": CUTS}
    for number, (n, ridge, count) in enumerate(CASES):
        rng = size.rng(f"residuals {n} {ridge}")
        left = left_out(rng, size.repetitions(count, 6), SPECTRUM, BETA, n, ridge, NOISE)
        pull = float(typical_leverage(SPECTRUM, n, ridge))
        cut, law = float(residual_threshold(pull)), float(residual_advantage(pull))
        words = f"n = {n}, ridge {ridge:g}"
        mean, error = (float(v[0]) for v in mean_error(attacked(left, np.array([cut]))))
        rows.append(Row(f"advantage on residuals, {words}", law, mean, error, 0.01, reason=VARIED))
        found, slack = mean_error(attacked(left, CUTS))
        best = int(np.argmax(found))
        name = f"best advantage over thresholds, {words}"
        rows.append(Row(name, law, float(found[best]), float(slack[best]), 0.028, reason=VARIED))
        curves |= {f"advantage {number}": found, f"error {number}": slack}
        if number == 1:
            rows.append(_duplicated(left.residual, left.leverage, pull, 8))
    return Outcome(rows=tuple(rows), curves=curves)


def _duplicated(residual: Array, leverage: Array, pull: float, copies: int) -> Row:
    """Compare how much less spread the residuals of duplicated members are."""
    within = residual / (1.0 + copies * leverage)
    square, error = ratio_error(np.mean(residual**2, axis=1), np.mean(within**2, axis=1))
    ratio = float(np.sqrt(square))
    name = f"residual spread of strangers over members with {copies} copies"
    law = 1.0 + copies * pull
    return Row(name, law, ratio, error / (2.0 * ratio), 0.03, reason=VARIED)


def run_release(size: Size) -> Outcome:
    """Compare attacks on a released mean, at a false positive rate of 5 % and at their best."""
    rows = []
    for d, n, copies, release in RELEASES:
        many = size.repetitions(200_000)
        rng = size.rng(f"release {d} {copies} {release}")
        without, within = released_scores(rng, many, d, n, copies, release)
        ones = np.ones(d)
        separation = mean_separation(ones, ones, n, copies, release)
        spread = np.sqrt(1.0 / n + release)
        cut = spread * -_quantile(FALSE)
        words = f"d = {d}, n = {n}, m = {copies}, release noise {release:g}"
        mean, error = (float(v) for v in mean_error(within > cut))
        law = float(power(separation, FALSE))
        rows.append(Row(f"TPR at 5 %, {words}", law, mean, error, 0.01, reason=TYPICAL))
        middle = 0.5 * float(separation) * spread
        gain = (within > middle).astype(float) - (without > middle)
        mean, error = (float(v) for v in mean_error(gain))
        law = float(advantage(separation))
        rows.append(Row(f"advantage, {words}", law, mean, error, 0.01, reason=TYPICAL))
    return Outcome(rows=(*rows, _coloured(size)), curves=_copies_curves(size))


def _quantile(probability: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(probability))


def _coloured(size: Size) -> Row:
    """Compare the separation for coloured data and a given target with whole data sets."""
    rng, d, n, copies = size.rng("coloured"), 6, 60, 2
    spectrum = np.arange(1.0, d + 1.0) ** -1.0
    target, release = np.sqrt(spectrum) * 1.2, 0.004
    many = size.repetitions(20_000)
    data = rng.standard_normal((many, n, d)).mean(axis=1) * np.sqrt(spectrum)
    means = data + np.sqrt(release) * rng.standard_normal((many, d))
    weights = target / (spectrum / n + release)
    spread = means @ weights  # with m copies of the target these shift by m / n target . weights
    gap = copies / n * float(target @ weights)
    error = gap / float(spread.std(ddof=1)) / np.sqrt(2.0 * many)
    law = float(mean_separation(target, spectrum, n, copies, release))
    found = gap / float(spread.std(ddof=1))
    return Row("separation for coloured data, d = 6, n = 60, m = 2", law, found, error)


def _copies_curves(size: Size) -> dict[str, Array]:
    """Return simulated advantages against copies for two ratios d / n, for the figure."""
    copies = np.array([1, 2, 3, 4, 6, 8, 12, 16])
    curves: dict[str, Array] = {"copies": copies.astype(float)}
    for d in (25, 400):
        found = []
        for m in copies:
            rng = size.rng(f"figure {d} {m}")
            without, within = released_scores(rng, size.repetitions(20_000), d, 400, int(m), 0.0)
            middle = 0.5 * m * np.sqrt(d) / 400
            found.append(float(np.mean(within > middle) - np.mean(without > middle)))
        curves[f"d = {d}"] = np.array(found)
    return curves


def run_exposure(size: Size) -> Outcome:
    """Compare the mean exposure of canaries among 2^14 candidates."""
    rows = []
    for shift in (1.0, 3.0):
        draws = exposures(size.rng(f"exposure {shift}"), size.repetitions(200_000), shift, 2**14)
        mean, error = (float(v) for v in mean_error(draws))
        law = float(expected_exposure(shift, 2.0**14))
        reason = "the rank's mean stands in for the rank"
        rows.append(Row(f"exposure, shift {shift:g}", law, mean, error, 0.01, reason=reason))
    return Outcome(rows=tuple(rows))


def run_exponent(size: Size) -> Outcome:
    """Fit how the copies that an attack needs grow with samples over dimension."""
    ratios = np.geomspace(4.0, 256.0, 9)
    d, wanted, trials = 400, 0.5, 4000
    law = np.array([float(copies_needed(wanted, d, d * ratio)) for ratio in ratios])
    rng, columns = size.rng("exponent"), []
    for i, ratio in enumerate(ratios):
        n, copies = int(d * ratio), max(1, round(float(law[i])))
        without, within = released_scores(rng, size.studies * trials, d, n, copies, 0.0)
        shape = (size.studies, trials)
        gap = within.reshape(shape).mean(axis=1) - without.reshape(shape).mean(axis=1)
        separation = gap / without.reshape(shape).std(axis=1)
        columns.append(_needed_separation(wanted) * copies / separation)
    curves = np.stack(columns, axis=1)
    found = study_exponent(
        "copies needed against n / d, as c x^-alpha", ratios, law, curves,
        asymptotic=-0.5,
    )  # fmt: skip
    return Outcome(exponents=(found,), curves={"n / d": ratios, "law": law, "first": curves[0]})


def _needed_separation(wanted: float) -> float:
    return 2.0 * _quantile(0.5 * (1.0 + wanted))


def plain_scores(
    rng: np.random.Generator, d: int, n: int, copies: int, release: float
) -> tuple[float, float]:
    """Draw one pair of scores from whole data sets, as ``released_scores`` draws many.

    >>> len(plain_scores(np.random.default_rng(0), 3, 5, 1, 0.0))
    2
    """
    target = rng.standard_normal(d)
    direction = target / np.linalg.norm(target)
    scores = []
    for repeated in (0, copies):
        data = rng.standard_normal((n, d))
        data[:repeated] = target
        released = data.mean(axis=0) + np.sqrt(release) * rng.standard_normal(d)
        scores.append(float(released @ direction))
    return scores[0], scores[1]


def run_speed(size: Size) -> Outcome:
    """Time pairs of scores of an attack on a released mean, d = 100, n = 400."""
    speed = study_speed(
        "membership scores of a released mean, d = 100, n = 400",
        lambda count: released_scores(np.random.default_rng(1), count, 100, 400, 2, 0.0025),
        lambda rng: plain_scores(rng, 100, 400, 2, 0.0025),
        100_000,
    )
    return Outcome(speeds=(speed,))
