"""Comparison along the width: the peak of double descent, and how it amplifies label noise."""

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.numerics.repeat import mean_error
from theory.random_features.prediction import feature_risk, projected_least_squares
from theory.random_features.rows import N, linear_problem
from theory.random_features.simulation import linear_features, noise_amplification
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
WIDTHS = np.array(
    [15, 20, 27, 36, 48, 64, 80, 96, 108, 114, 120, 126, 132, 150, 180, 240, 360, 600]
)
NOISES = (0.05, 0.2, 0.5, 1.0)
RIDGES = (1e-5, 1e-3)
PEAK = np.arange(90, 157, 6)
PEAK_NOISE, SEEDS = 0.5, 12
DISTANCES = np.array([12, 15, 18, 22, 27, 33, 40, 49, 60, 74, 90])


@jax.jit
def _solve(spectrum: Array, signal: Array, p: Array, ridge: float, noise: Array) -> jax.Array:
    """Return the excess risk for many widths and noise levels, shape (noises, widths)."""
    at = lambda width, level: feature_risk(spectrum, signal, float(N), width, ridge, level).excess
    over_widths = jax.vmap(at, in_axes=(0, None))
    return jax.vmap(over_widths, in_axes=(None, 0))(p, noise)


def _theory(widths: ArrayLike, ridge: float, noises: ArrayLike) -> Array:
    spectrum, _, signal = linear_problem()
    found = _solve(spectrum, signal, np.asarray(widths, float), ridge, np.asarray(noises, float))
    return np.asarray(found)


def run_widths(size: Size) -> Outcome:
    """Compare excess risk over widths from 15 to 600 at several noise levels."""
    spectrum, beta, _ = linear_problem()
    fits = linear_features(
        size.rng("widths"), size.repetitions(80), spectrum, beta, N, WIDTHS, RIDGES
    )
    dense = np.unique(np.round(np.geomspace(WIDTHS[0], WIDTHS[-1], 160)))
    theory = np.stack([_theory(dense, ridge, NOISES) for ridge in RIDGES], axis=2)
    found = [mean_error(fits.excess(noise)) for noise in NOISES]
    mean, error = (np.array(part) for part in zip(*found, strict=True))
    curves = {"widths": WIDTHS, "dense": dense, "theory": theory, "mean": mean, "error": error}
    return Outcome(curves=curves)


def run_peak(size: Size) -> Outcome:
    """Ask where more features stop hurting: the paired change with width crosses zero."""
    spectrum, beta, _ = linear_problem()
    fits = linear_features(
        size.rng("peak"), size.repetitions(160, 40), spectrum, beta, N, PEAK, RIDGES[:1]
    )
    pool = np.log(fits.excess(PEAK_NOISE)[:, :, 0])
    change = pool[:, 2:] - pool[:, :-2]
    middle = PEAK[1:-1].astype(float)
    expected = np.log(_theory(PEAK, RIDGES[0], [PEAK_NOISE])[0])
    expected = expected[2:] - expected[:-2]
    rng = size.rng("peak studies")
    drawn = np.stack([rng.permutation(len(pool))[:SEEDS] for _ in range(size.studies)])
    words = f"n = {N}, ridge 1e-5, pool of {len(pool)} repetitions"
    tip = study_crossing(
        f"width beyond which more features help, {words}",
        middle,
        change[drawn],
        root(lambda p: np.interp(p, middle, expected), middle[0], middle[-1]),
        asymptotic=float(N),
    )
    curves = {"middle": middle, "expected": expected}
    curves["mean"], curves["error"] = mean_error(change)
    return Outcome(tips=(tip,), curves=curves)


def run_amplification(size: Size) -> Outcome:
    """Compare how label noise is amplified without ridge as the width comes up to n."""
    pool = noise_amplification(
        size.rng("amplification"), SEEDS * size.studies, N, N - int(DISTANCES[0])
    )
    widths = N - DISTANCES
    mean, error = mean_error(pool[:, widths - 1])
    exact = np.asarray(projected_least_squares(N, widths))
    rows = [
        Row(f"noise amplification, exact, no ridge, n = {N}, p = {widths[k]}", float(exact[k]),
            float(mean[k]), float(error[k]))
        for k in (0, 4, 8)
    ]  # fmt: skip
    # One curve a study: the noise in the predictions of a dozen seeds, as multiple of the labels'.
    total = 1.0 + pool[:, widths - 1].reshape(size.studies, SEEDS, -1)
    exponent = study_exponent(
        f"test error at unit noise against n - p, n = {N}", DISTANCES, 1.0 + exact, total,
        asymptotic=1.0,
    )  # fmt: skip
    curves = {"distance": DISTANCES, "mean": mean + 1.0, "error": error, "exact": exact + 1.0}
    curves["first"] = total[0].mean(0)
    return Outcome(rows=tuple(rows), exponents=(exponent,), curves=curves)
