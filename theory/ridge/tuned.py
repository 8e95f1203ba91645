"""Comparison at the best ridge: exponents of noise and samples, and the ridge itself."""

import jax
import numpy as np
from numpy.typing import NDArray

from theory.numerics.repeat import mean_error
from theory.ridge.equivalent import Equivalent
from theory.ridge.power_laws import noise_exponent
from theory.ridge.simulation import over_ridges
from theory.ridge.studies import REASON, SOLVE, finite_size, power, seeds_of
from theory.ridge.tuning import prior_ridge
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size

Array = NDArray[np.float64]
D, N, A = 600, 400, 2.0  # with b = a all coefficients are 1, as for a prior of variance 1
NOISES = np.geomspace(0.01, 1.0, 11)
COUNTS = np.array([32, 37, 42, 48, 56, 64, 73, 84, 97, 111, 128])
PRIOR_SAMPLES, PRIOR_NOISE, PRIOR_VARIANCE = 105, 0.5, 0.5


def _seeds(size: Size) -> int:
    return 4 if size.name == "quick" else 12


def _best(n: Array, noise: Array) -> tuple[Array, Equivalent]:
    """Return the best ridge, in closed form for coefficients that are all alike, and the risks."""
    ridges = np.asarray(prior_ridge(noise, n, 1.0))
    found = SOLVE(*power(D, A, A), n, ridges, noise)
    return ridges, jax.tree.map(np.asarray, found)


def run_noise(size: Size) -> Outcome:
    """Compare how the excess risk at the best ridge grows with the noise, n = 400."""
    spectrum, beta = power(D, A, A)
    many = np.full(len(NOISES), float(N))
    ridges, found = _best(many, NOISES)
    theory, seeds = np.asarray(found.excess), _seeds(size)
    fits = over_ridges(
        size.rng("noise at the best ridge"), size.repetitions(144, seeds * len(NOISES)),
        spectrum, beta, N, ridges,
    )  # fmt: skip
    pool = fits.excess(NOISES)
    mean, error = mean_error(pool)
    allowances = finite_size(found, many)
    rows = [
        Row(f"excess risk at the best ridge, n = {N}, noise {NOISES[k]:g}", float(theory[k]),
            float(mean[k]), float(error[k]), float(allowances[k]), reason=REASON)
        for k in (0, 5, 10)
    ]  # fmt: skip
    rows.append(_end_to_end(theory, pool))
    data = seeds_of(pool, size.studies, seeds, size.rng("noise exponent"))
    name = f"excess risk against 1 / noise, best ridge, n = {N}, pool of {len(pool)} repetitions"
    exponent = study_exponent(
        name, 1.0 / NOISES, theory, data, asymptotic=float(noise_exponent(A, A))
    )
    curves = {"noise": NOISES, "theory": theory, "mean": mean, "error": error}
    curves["first"] = data[0].mean(0)
    return Outcome(rows=tuple(rows), exponents=(exponent,), curves=curves)


def _end_to_end(theory: Array, pool: Array) -> Row:
    """Compare the exponent between the least and the most noise; error by the delta method."""
    decades = np.log(NOISES[-1] / NOISES[0])
    mean = pool.mean(0)
    own = pool[:, -1] / mean[-1] - pool[:, 0] / mean[0]
    return Row(
        f"exponent of noise at the best ridge, n = {N}, noise 0.01 to 1",
        float(np.log(theory[-1] / theory[0]) / decades),
        float(np.log(mean[-1] / mean[0]) / decades),
        float(mean_error(own)[1] / decades),
        allowance=0.01,
        reason="relative errors of order 1/df1 at both ends, over ln 100",
    )


def run_counts(size: Size) -> Outcome:
    """Compare how the excess risk at the best ridge falls with n, and the best ridge itself."""
    spectrum, beta = power(D, A, A)
    ridges, found = _best(COUNTS.astype(float), np.ones(len(COUNTS)))
    theory, seeds = np.asarray(found.excess), _seeds(size)
    pool = np.stack([
        over_ridges(
            size.rng(f"best ridge {n}"), size.repetitions(144, seeds * len(COUNTS)),
            spectrum, beta, int(n), [ridge],
        ).excess(1.0)[:, 0]
        for n, ridge in zip(COUNTS, ridges, strict=True)
    ], axis=1)  # fmt: skip
    data = seeds_of(pool, size.studies, seeds, size.rng("sample exponent"))
    name = f"excess risk against n, best ridge, noise 1, pool of {len(pool)} repetitions"
    exponent = study_exponent(
        name, COUNTS, theory, data,
        asymptotic=float(noise_exponent(A, A)),
    )  # fmt: skip
    mean, error = mean_error(pool)
    curves = {"n": COUNTS, "theory": theory, "mean": mean, "error": error}
    row, more = _prior(size, spectrum)
    return Outcome(rows=(row,), exponents=(exponent,), curves=curves | more)


def _prior(size: Size, spectrum: Array) -> tuple[Row, dict[str, Array]]:
    """Compare the minimum over ridges, averaged over coefficients of one prior variance.

    A polynomial in the logarithm of the ridge is fitted to the mean curve; the error of its minimum
    is that of the slope there over the curvature.
    """
    predicted = float(prior_ridge(PRIOR_NOISE, PRIOR_SAMPLES, PRIOR_VARIANCE))
    offsets, count = np.linspace(-0.5, 0.5, 21), size.repetitions(1000)
    ridges = predicted * np.exp(offsets)
    rng = size.rng("prior")
    drawn = PRIOR_VARIANCE**0.5 * rng.standard_normal((count, D))
    risk = over_ridges(rng, count, spectrum, drawn, PRIOR_SAMPLES, ridges).excess(PRIOR_NOISE)
    polynomial = np.polynomial.polynomial
    slopes = polynomial.polyder(polynomial.polyfit(offsets, risk.T, 4))  # of each repetition
    zeros = polynomial.polyroots(slopes.mean(1))
    real = zeros[np.abs(zeros.imag) < 1e-9].real
    place = float(real[np.argmin(np.abs(real))])
    bend = float(polynomial.polyval(place, polynomial.polyder(slopes.mean(1))))
    found = predicted * float(np.exp(place))
    error = found * float(mean_error(polynomial.polyval(place, slopes))[1]) / bend
    row = Row("best ridge, coefficients of one prior variance", predicted, found, error)
    many, noise = np.full(21, float(PRIOR_SAMPLES)), np.full(21, PRIOR_NOISE)
    theory = np.asarray(
        SOLVE(spectrum, np.full(D, PRIOR_VARIANCE**0.5), many, ridges, noise).excess
    )
    # Against the best ridge on the same data, which takes out what data sets have in common.
    base = risk[:, 10].mean()
    mean, spread = mean_error((risk - risk[:, 10:11]) / base)
    curves = {"ridges": ridges, "extra_mean": mean, "extra_error": spread}
    return row, curves | {"extra_theory": theory / theory[10] - 1.0}
