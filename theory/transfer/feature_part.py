"""Comparison of the probe, of forgetting and of adapters with computations apart from them."""

import jax.numpy as jnp
import numpy as np
from scipy.special import zeta

from theory.numerics.repeat import mean_error
from theory.study.claim import Array, Exponent, Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.transfer.adapter import adapter_residual
from theory.transfer.forgetting import remaining, remaining_modes, remaining_refined
from theory.transfer.isotropic import Tasks
from theory.transfer.least_squares_runs import pretrain
from theory.transfer.probe import alignment, probe_risk, refined_alignment

TASKS = Tasks(0.6, 100, 600, 0.2)
PROBE = (30, 0.3)  # samples and noise downstream
REPETITIONS = 40_000
REPEATS = 10  # probes of every learnt feature
SPECTRA = ((1.5, 2.0), (2.0, 1.6), (1.2, 3.0))
STEP = 0.5
MODES = 200_000


def compare(size: Size) -> Outcome:
    """Return rows of the probe's risk, of what descent forgets, and of an adapter's rank."""
    rows: list[Row] = []
    rates = [0.1, 0.4]
    drawn = pretrain(size.rng("probe"), size.repetitions(REPETITIONS), rates, TASKS)
    cosines = np.square(drawn.toward / drawn.norm)
    rng = size.rng("probe samples")
    for i, rate in enumerate(rates):
        shape = (len(cosines), REPEATS)
        overlap = np.broadcast_to(cosines[:, i, None], shape)
        mean, error = mean_error(_probed(rng, overlap).mean(axis=1))
        name = f"linear probe on one feature, {rate:.0%} flips"
        exact = float(probe_risk(refined_alignment(rate, TASKS), *PROBE))
        leading = float(probe_risk(alignment(rate, TASKS), *PROBE))
        rows += [
            Row(name, exact, float(mean), float(error), 0.002,
                reason="luck of the inputs left out, about 1/n"),
            # About 1/d of itself, more than half a per cent where flips leave a weak signal.
            Row(f"{name}, leading order", leading, float(mean), float(error), 0.005,
                reason="a ratio of means, off by about 1/d", holds=rate < 0.4),
        ]  # fmt: skip
    rows.append(_probe_row(size))
    for a, b in SPECTRA:
        rows += [_forgetting_row(a, b, t) for t in (1000, 10_000)]
    rows.append(_adapter_row(size))
    exponent, curves = _forgetting(size)
    return Outcome(rows=tuple(rows), exponents=(exponent,), curves=curves)


def _probe_row(size: Size) -> Row:
    """The probe's own formula, by regressing on a feature of known alignment."""
    overlap = np.full(size.repetitions(REPETITIONS), 0.36)
    mean, error = mean_error(_probed(size.rng("regression on a feature"), overlap))
    predicted = float(probe_risk(0.36, *PROBE))
    return Row("linear probe on a feature of given alignment", predicted, float(mean), float(error))


def _probed(rng: np.random.Generator, overlap: Array) -> Array:
    """Draw the risk of least squares on one Gaussian feature, of the squared cosines' shape.

    What the feature misses is noise to the regression, independent of the feature.
    """
    samples, noise = PROBE
    missed, energy = 1.0 - overlap, rng.chisquare(samples, overlap.shape)
    slope_error = np.sqrt((noise + missed) / energy) * rng.standard_normal(overlap.shape)
    return np.asarray(missed + slope_error**2)


def _forgetting_row(a: float, b: float, t: int) -> Row:
    """The refined law against the sum over modes, its far tail by a zeta function."""
    energy = jnp.arange(1, MODES + 1, dtype=float) ** -b
    tail = zeta(b, MODES + 1) - 2.0 * STEP * t * zeta(a + b, MODES + 1)
    exact = float(remaining_modes(t, STEP, a, energy)) + float(tail)
    predicted = float(remaining_refined(t, STEP, a, b))
    name = f"inherited error after {t} steps, spectrum {a:g}, energy {b:g}"
    return Row(name, predicted, exact, allowance=1e-5, reason="terms of order 1/t²")


def _adapter_row(size: Size) -> Row:
    """Alternating least squares over the adapter's two factors, to convergence."""
    rng = np.random.default_rng(size.seed)
    difference = rng.standard_normal((20, 15))
    right = rng.standard_normal((15, 4))
    for _ in range(400):
        left = difference @ right @ np.linalg.inv(right.T @ right)
        right = difference.T @ left @ np.linalg.inv(left.T @ left)
    found = float(np.sum((difference - left @ right.T) ** 2))
    predicted = float(adapter_residual(difference, 4))
    name = "inherited error that an adapter of rank 4 leaves"
    return Row(name, predicted, found, allowance=1e-6, reason="convergence of the search")


TIMES = np.unique(np.round(np.geomspace(10, 320, 10))).astype(int)
SEEDS, SHOWN_MODES = 12, 600


def _forgetting(size: Size) -> tuple[Exponent, dict[str, Array]]:
    """The exponent of forgetting from random residuals, every time from runs of its own."""
    a, b = SPECTRA[0]
    energy = np.arange(1, SHOWN_MODES + 1.0) ** -b
    left = (1.0 - STEP * np.arange(1, SHOWN_MODES + 1.0) ** -a) ** 2
    rng = size.rng("forgetting")
    curves = np.empty((size.studies, SEEDS, len(TIMES)))
    for i, t in enumerate(TIMES):
        draws = rng.standard_normal((size.studies * SEEDS, SHOWN_MODES))
        curves[:, :, i] = (draws**2 @ (energy * left**t)).reshape(size.studies, SEEDS)
    after = energy * left ** TIMES[:, None]
    theory, spread = after.sum(axis=1), np.sqrt(2.0 * (after**2).sum(axis=1) / SEEDS)
    # The spread of squared Gaussians is known: weights that 12 seeds would guess add noise.
    exponent = study_exponent(
        f"forgetting under gradient descent, spectrum {a:g}, energy {b:g}", TIMES, theory,
        curves.mean(axis=1), asymptotic=(b - 1.0) / a, y_err=spread,
    )  # fmt: skip
    mean, error = mean_error(curves[0])
    limit = np.asarray(remaining(jnp.asarray(TIMES, dtype=float), STEP, a, b))
    shown = {"time": TIMES * 1.0, "mean": mean, "error": error, "theory": theory, "limit": limit}
    return exponent, shown
