"""The benign-overfitting bound against the variance of interpolation, where it holds and fails."""

import jax
import numpy as np
from scipy import optimize

from theory.bounds.benign import (
    benign_bound,
    benign_index,
    effective_ranks,
    interpolation_variance,
)
from theory.bounds.simulation import Array, plain_variance, spiked_variance
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.timing import study_speed

LOW, STRONG = 1e-3, 100.0
SAMPLES = (100.0, 500.0)
CORRECTION = "deterministic equivalent: corrections of order 1/(n - k*)"
TOTAL = 20020  # eigenvalues of the spiked spectra: one compiled program for all


@jax.jit
def evaluated(spectrum: jax.Array, samples: jax.Array) -> tuple[jax.Array, ...]:
    """Return variance, bound and index for each n, and both ranks for each k."""

    def one(n: jax.Array) -> tuple[jax.Array, ...]:
        return (
            interpolation_variance(spectrum, n),
            benign_bound(spectrum, n),
            benign_index(spectrum, n),
        )

    return (*jax.vmap(one)(samples), *effective_ranks(spectrum))


def spectra() -> dict[str, Array]:
    """Return the spectra that the bound is tried on, by name."""
    i, j = np.arange(1.0, 20001.0), np.arange(1.0, 200001.0)
    return {
        "i^-1, d = 2e4": i**-1.0,
        "1/(i log^2(i+1)), d = 2e5": 1.0 / (j * np.log(j + 1.0) ** 2),
        "20 spikes and flat": spiked(20, 1.0),
        "i^-1/2, d = 2e4": i**-0.5,
    }


def spiked(count: int, height: float) -> Array:
    """Return so many eigenvalues of a height and about 20 000 of size 0.001."""
    return np.concatenate([np.full(count, height), np.full(TOTAL - count, LOW)])


def variance_apart(spectrum: Array, n: float) -> float:
    """Return the same deterministic equivalent by bracketing log kappa in NumPy and SciPy.

    >>> round(variance_apart(np.ones(300), 100), 6)
    0.5
    """

    def missing(log: float) -> float:
        return float(np.sum(spectrum / (spectrum + np.exp(log))) - n)

    ends = np.log(spectrum.min()) - 40.0, np.log(spectrum.sum() / n) + 1.0
    kappa = np.exp(optimize.brentq(missing, *ends, xtol=1e-13, rtol=1e-14))
    gamma = float(np.sum((spectrum / (spectrum + kappa)) ** 2) / n)
    return gamma / (1.0 - gamma)


def run_ratios(size: Size) -> Outcome:
    """Compare variance and bound over eight spectra and sizes, and where constant 1 fails."""
    rows, broken = [], 0
    for name, spectrum in spectra().items():
        laws, tops, index, small, large = (
            np.asarray(found) for found in evaluated(spectrum, np.array(SAMPLES))
        )
        left = len(spectrum) - np.arange(len(spectrum))
        slack = 1.0 + 1e-9
        most = np.minimum(small**2, left)
        broken += int(
            np.sum((small > large * slack) | (large > most * slack) | (slack < 1 / small))
        )
        for i, n in enumerate(SAMPLES):
            label = f"{name}, n = {n:g}, k* = {int(index[i])}"
            law, ratio = float(laws[i] / tops[i]), variance_apart(spectrum, n) / float(tops[i])
            rows += [
                Row(f"variance / bound, {label}", law, ratio, allowance=1e-8),
                _exceeds(label, ratio, holds=True),
            ]
    for count in (15, 40):
        laws, tops, *_ = evaluated(spiked(count, STRONG), np.array([60.0, 60.0]))
        ratio = float(laws[0] / tops[0])
        rows.append(_exceeds(f"{count} strong spikes, n = 60", ratio, holds=False))
    ranks = "order 1 <= r_k <= R_k <= min(r_k^2, d - k), violations over all k and spectra"
    return Outcome(rows=(Row(ranks, 0.0, float(broken)), *rows), curves=_curves())


def _exceeds(label: str, ratio: float, holds: bool) -> Row:
    reason = "an inequality" if holds else "the theorem holds up to a universal constant, not 1"
    over = max(ratio - 1.0, 0.0)
    return Row(
        f"variance above the bound, {label}", 0.0, over, floor=1e-9, reason=reason, holds=holds
    )


def _curves() -> dict[str, Array]:
    """Return variance over bound against n for the figure."""
    samples = np.geomspace(45.0, 1000.0, 24)
    curves = {"n": samples}
    for name, spectrum in (
        ("i^-1", np.arange(1.0, TOTAL + 1.0) ** -1.0),
        ("20 spikes", spiked(20, 1.0)),
        ("40 strong spikes", spiked(40, STRONG)),
    ):
        found = [evaluated(spectrum, pair)[:2] for pair in samples.reshape(-1, 2)]
        curves[name] = np.concatenate([np.asarray(law / top) for law, top in found])
    return curves


def run_variance(size: Size) -> Outcome:
    """Compare the deterministic equivalent with drawn inputs."""
    rows, rng = [], size.rng("variance")
    spectrum = np.arange(1.0, 20001.0) ** -1.0
    draws = [plain_variance(rng, 100, spectrum) for _ in range(size.repetitions(24, 4))]
    law = float(evaluated(spectrum, np.array([100.0, 100.0]))[0][0])
    mean, error = mean_error(draws)
    rows.append(_drawn("i^-1, d = 2e4, n = 100", law, float(mean), float(error), 0.02))
    for n, count, height, runs in (
        (100, 20, 1.0, 600),
        (240, 60, STRONG, 120),
        (240, 160, STRONG, 120),
    ):
        law = float(evaluated(spiked(count, height), np.array([n, n], dtype=float))[0][0])
        many = size.repetitions(runs)
        mean, error = mean_error(spiked_variance(rng, many, n, count, height, TOTAL - count, LOW))
        label = f"{count} spikes of {height:g}, n = {n}"
        rows.append(_drawn(label, law, float(mean), float(error), 0.02))
    return Outcome(rows=tuple(rows))


def _drawn(label: str, law: float, mean: float, error: float, allowance: float) -> Row:
    return Row(
        f"variance of interpolation, {label}", law, mean, error, allowance, reason=CORRECTION
    )


def run_speed(size: Size) -> Outcome:
    """Time draws of the variance with 20 spikes in 20 020 dimensions, n = 60."""
    spectrum = spiked(20, 1.0)
    speed = study_speed(
        "variance of interpolation, 20 spikes in 20 020 dimensions, n = 60",
        lambda count: spiked_variance(
            np.random.default_rng(1), count, 60, 20, 1.0, TOTAL - 20, LOW
        ),
        lambda rng: plain_variance(rng, 60, spectrum),
        512,
    )
    return Outcome(speeds=(speed,))
