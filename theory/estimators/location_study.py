"""Located hinges and jumps held against their laws: spread, rate of convergence, limit law."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats

from theory.estimators import limit_law, locations
from theory.estimators.draws import even, located_hinges, located_jumps
from theory.numerics.repeat import mean_error
from theory.study.claim import Exponent, Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size

Array = NDArray[np.float64]
PLACE, CHANGE = 0.4, 2.0
# levels, noise, repetitions
SPREADS = ((200, 0.3, 20_000), (800, 0.3, 10_000), (3200, 0.3, 3000), (3200, 0.1, 3000),
           (3200, 0.03, 3000), (20_000, 0.05, 1000))  # fmt: skip
SHORT = 0.004  # sd below which the asymptotic form is claimed to hold, to 2 %
HINGE_SIZES, HINGE_NOISE = np.array([100, 200, 400, 800, 1600]), 0.1
JUMP_SIZES, JUMP = np.array([100, 200, 400, 800, 1600]), 1.0
DRAWS = 40  # for each point of a curve
SMALL_JUMP = 0.25
_cdf = jax.jit(limit_law.argmax_cdf)


def hinges(size: Size) -> Outcome:
    """Hold the sd of located hinges against both forms, and for uneven levels."""
    rng, rows = size.rng("hinge"), []
    for n, noise, repetitions in SPREADS:
        case = (PLACE, CHANGE, noise)
        found = located_hinges(rng, even(n), case, size.repetitions(repetitions, 100))
        name = f"n = {n}, noise {noise:g}"
        plain = float(locations.hinge_sd(*case, n))
        refined = float(locations.hinge_sd_refined(*case, n))
        e = float(locations.crowding(PLACE, plain))
        reason = "the next term, of order e^2 with e = 4 sd / (t (1 - t))"
        rows.append(_spread(f"sd of a hinge, refined, {name}", refined, found, e**2 / 4, reason))
        if plain < SHORT:
            reason = "the first finite-size term, of order e"
            rows.append(_spread(f"sd of a hinge, limit, {name}", plain, found, 0.02, reason))
        elif n == SPREADS[0][0]:
            reason = "known to fail: e = 4 sd / (t (1 - t)) is not small"
            rows.append(_spread(f"sd of a hinge, limit, {name}", plain, found, 0.0, reason, False))
    uneven, noise = even(2000) ** 2, 0.02
    found = located_hinges(rng, uneven, (PLACE, CHANGE, noise), size.repetitions(3000, 100))
    predicted = float(locations.hinge_sd_design(uneven, PLACE, CHANGE, noise))
    reason = "the first finite-size term, of order e"
    rows.append(_spread("sd of a hinge, crowded low levels", predicted, found, 0.02, reason))
    return Outcome(rows=tuple(rows))


def _spread(
    name: str, predicted: float, found: Array, allowance: float, reason: str, holds: bool = True
) -> Row:
    """Return the row on the root mean square distance from the truth, by the delta method."""
    mean, error = mean_error((found - PLACE) ** 2)
    root = float(np.sqrt(mean))
    return Row(name, predicted, root, float(error) / (2 * root), allowance, 0.0, reason, holds)


def rates(size: Size) -> Outcome:
    """Fit how located hinges and jumps close in on the truth with more levels."""
    rng, shape = size.rng("rates"), (size.studies, DRAWS)
    case = (PLACE, CHANGE, HINGE_NOISE)
    count = size.studies * DRAWS
    away = [located_hinges(rng, even(n), case, count) - PLACE for n in HINGE_SIZES]
    hinge = np.stack([np.sqrt(np.mean(a.reshape(shape) ** 2, axis=1)) for a in away], axis=1)
    missed = [np.abs(located_jumps(rng, n, JUMP, count)) / n for n in JUMP_SIZES]
    jump = np.stack([m.reshape(shape).mean(axis=1) for m in missed], axis=1)
    hinge_theory = np.asarray(locations.hinge_sd_refined(*case, HINGE_SIZES))
    jump_theory = 3.0 / JUMP**2 / JUMP_SIZES
    return Outcome(
        exponents=(
            _rate("root mean square error of a hinge", HINGE_SIZES, hinge_theory, hinge, 0.5),
            _rate("mean absolute error of a jump", JUMP_SIZES, jump_theory, jump, 1.0),
        ),
        curves={
            "hinge": hinge[0], "hinge_error": hinge.std(axis=0, ddof=1),
            "jump": jump[0], "jump_error": jump.std(axis=0, ddof=1),
        },
    )  # fmt: skip


def _rate(name: str, sizes: Array, theory: Array, curves: Array, asymptotic: float) -> Exponent:
    """Return the study of an exponent of the number of levels; relative errors are about equal."""
    words = f"{name} against levels"
    return study_exponent(words, sizes, theory, curves, asymptotic=asymptotic)


def limit(size: Size) -> Outcome:
    """Hold the limit law of a located jump against first passages and against located jumps."""
    rng, quantile = size.rng("limit law"), float(limit_law.argmax_quantile(0.975))
    rounding = "quadrature"
    rows = [
        Row("limit law of a jump, tail beyond its 97.5 % quantile", 0.025, _passage_tail(quantile),
            floor=1e-9, reason=rounding),
        Row("limit law of a jump, published 97.5 % quantile", 11.03, quantile, allowance=5e-4,
            reason="published to two decimals"),
        Row("limit law of a jump, variance", locations.JUMP_VARIANCE, _variance(), allowance=1e-6,
            reason=rounding),
    ]  # fmt: skip
    for n, repetitions, allowance in ((4000, 4000, 0.012), (16_000, 1500, 0.003)):
        count = size.repetitions(repetitions, 100)
        missed = SMALL_JUMP**2 * located_jumps(rng, n, SMALL_JUMP, count)
        share, error = mean_error(np.abs(missed) <= quantile)
        name = f"coverage of the limit law's 95 %, jump of 1/4 noise sd, {n} levels"
        reason = "the heights are estimated: of order 1 / (n (d / s)^2)"
        rows.append(Row(name, 0.95, float(share), float(error), allowance, reason=reason))
        if n == 4000:
            kept = np.sort(missed)
    at = np.linspace(-30.0, 30.0, 121)
    shares = np.searchsorted(kept, at, side="right") / len(kept)
    return Outcome(rows=tuple(rows), curves={"at": at, "share": shares, "count": np.r_[len(kept)]})


def _passage_tail(x: float) -> float:
    """Return P(V > x) from first passages: given the maximum m, V is inverse Gaussian.

    The maxima on either side are exponential, so the right one is the larger and m with density
    e^-m (1 - e^-m); it is reached at a time of mean 2 m and shape m^2.
    """

    def at(m: float) -> float:
        return float(np.exp(-m) * -np.expm1(-m) * stats.invgauss.sf(x, 2.0 / m, scale=m**2))

    return float(integrate.quad(at, 0.0, 60.0, epsabs=1e-12, limit=200)[0])


def _variance() -> float:
    """Return 4 int x P(V > x) dx by quadrature of the closed form."""
    x, weights = np.polynomial.legendre.leggauss(200)
    root = 0.5 * (x + 1.0) * 30.0  # x = root^2, to 900
    upper = 1.0 - np.asarray(_cdf(root**2))
    return float(4.0 * np.sum(15.0 * weights * 2.0 * root**3 * upper))
