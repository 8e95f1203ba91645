"""Comparison of the general two-stage risk with simulation: rows and its tipping noise."""

import jax
import jax.numpy as jnp
import numpy as np

from theory.numerics.repeat import mean_error
from theory.numerics.spectra import power_law, power_target
from theory.study.claim import Outcome, Row, Tip
from theory.study.size import Size
from theory.study.tipping import root, study_crossing
from theory.transfer.general import Stage, general_tipping_noise, risks, tipping_bias
from theory.transfer.general_runs import Problem, integrated, sampled

DIMENSION = 100
REPETITIONS = 100
RIDGELESS = 1e-9  # stands for no ridge where there are fewer samples than dimensions
ALLOWANCE = 0.025
REASON = "deterministic equivalents are off by a relative 1/df, df about 50"
Setting = tuple[int, float, int, float]
# Pre-training noise; n_1, ridge_1, n_2, ridge_2.
CONFIGURATIONS: tuple[tuple[float, Setting], ...] = (
    (0.0, (800, 0.001, 100, 0.01)),
    (2.0, (800, 0.001, 100, 0.01)),
    (2.0, (200, 0.01, 60, 0.03)),
    (0.5, (250, 0.0, 100, 0.001)),
    (1.0, (300, 0.001, 60, 0.0)),
)
NOISE2 = 0.25
_risks = jax.jit(risks)
_tipping_noise = jax.jit(general_tipping_noise)


def compare(size: Size) -> Outcome:
    """Return rows of the transfer risk, its tipping noise and tipping bias."""
    repetitions = size.repetitions(REPETITIONS)
    rows: list[Row] = []
    drawn: dict[Setting, np.ndarray] = {}
    for noise, setting in CONFIGURATIONS:
        first, second = _stages(noise, *setting)
        if setting not in drawn:
            rng = size.rng(f"general transfer {setting}")
            drawn[setting] = integrated(rng, repetitions, _problem(first, second))
        rows.append(_risk_row(_name(noise, *setting), first, second, drawn[setting]))
    rows.append(_shifted_row(size, repetitions))
    first, second = _stages(0.0, *CONFIGURATIONS[0][1])
    rows.append(_tipping_row(first, second, drawn[CONFIGURATIONS[0][1]]))
    rows.append(_bias_row(first, second))
    return Outcome(rows=tuple(rows))


def _stages(
    noise: float, n1: int, ridge1: float, n2: int, ridge2: float, d: int = DIMENSION
) -> tuple[Stage, Stage]:
    """Return related power-law tasks of dimension d; the second differs in direction."""
    spectrum = power_law(d, 1.2)
    beta = power_target(d, 1.2, 1.8)
    shifted = 0.9 * beta + 0.3 * beta * (-1.0) ** jnp.arange(d)
    return (
        Stage(spectrum, beta, n1, ridge1, noise),
        Stage(spectrum, shifted, n2, ridge2, NOISE2),
    )


def _problem(first: Stage, second: Stage) -> Problem:
    return Problem(
        _root(first.covariance),
        _root(second.covariance),
        np.asarray(first.beta),
        np.asarray(second.beta),
        samples1=int(np.asarray(first.samples)),
        samples2=int(np.asarray(second.samples)),
        ridge1=max(float(np.asarray(first.ridge)), RIDGELESS),
        ridge2=max(float(np.asarray(second.ridge)), RIDGELESS),
        noise2=float(np.asarray(second.noise)),
    )


def _root(covariance: object) -> np.ndarray:
    """Return the symmetric root of a covariance given as a matrix or its eigenvalues."""
    matrix = np.asarray(covariance)
    if matrix.ndim == 1:
        return np.diag(np.sqrt(matrix))
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(values)) @ vectors.T)


def _name(noise: float, n1: int, ridge1: float, n2: int, ridge2: float) -> str:
    return (
        f"transfer risk, noise {noise:g}, n1 = {n1}, ridge {ridge1:g}, n2 = {n2}, ridge {ridge2:g}"
    )


def _risk_row(name: str, first: Stage, second: Stage, drawn: np.ndarray) -> Row:
    noise = float(np.asarray(first.noise))
    mean, error = mean_error(drawn[:, 0] + noise * drawn[:, 1])
    predicted = float(_risks(first, second).transfer)
    return Row(name, predicted, float(mean), float(error), ALLOWANCE, reason=REASON)


def _shifted_row(size: Size, repetitions: int) -> Row:
    """Covariances that share no eigenvector."""
    first, second = _stages(1.0, 300, 0.01, 100, 0.01)
    rotation, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((DIMENSION, DIMENSION)))
    other = jnp.asarray((rotation * np.asarray(power_law(DIMENSION, 1.0))) @ rotation.T)
    second = second._replace(covariance=other)
    rng = size.rng("general transfer shifted")
    drawn = integrated(rng, repetitions, _problem(first, second))
    return _risk_row("transfer risk, covariances that do not commute", first, second, drawn)


def _tipping_row(first: Stage, second: Stage, drawn: np.ndarray) -> Row:
    gap, slope = drawn[:, 2] - drawn[:, 0], drawn[:, 1]
    found = gap.mean() / slope.mean()
    spread = (gap - found * slope).std(ddof=1) / slope.mean() / np.sqrt(len(gap))
    predicted = float(_tipping_noise(first, second))
    return Row(
        "tipping noise, general covariance", predicted, float(found), float(spread), ALLOWANCE,
        reason=REASON,
    )  # fmt: skip


def _bias_row(first: Stage, second: Stage) -> Row:
    """The quadratic's root against bracketing of the whole prediction."""
    direction = np.asarray(first.beta) * np.cos(np.arange(DIMENSION))

    def gap(size: float) -> float:
        out = _risks(first._replace(beta=first.beta + size * direction), second)
        return float(out.transfer - out.scratch)

    predicted = float(jax.jit(tipping_bias)(first, second, direction)[1])
    return Row(
        "tipping size of an additive task bias", predicted, root(gap, 0.0, 10.0 * abs(predicted)),
        allowance=1e-8, reason="rounding",
    )  # fmt: skip


# The crossing of the paired baseline, from runs as a researcher would have them.
SMALL, SEEDS, LEVELS = 40, 12, 13


def tip(size: Size) -> Outcome:
    """Return how often ``laws.crossing`` covers the tipping noise from 12 seeds."""
    first, second = _stages(0.0, 400, 0.01, 30, 0.05, SMALL)
    predicted = float(_tipping_noise(first, second))
    noises = np.linspace(0.0, 2.0 * predicted, LEVELS)
    rng = size.rng("general transfer tip")
    drawn = sampled(rng, size.studies * SEEDS, _problem(first, second), noises)
    found: Tip = study_crossing(
        "pre-training noise beyond which it harms, power-law spectrum",
        noises, drawn.reshape(size.studies, SEEDS, LEVELS), predicted, asymptotic=None,
    )  # fmt: skip
    mean, error = mean_error(drawn)
    at_zero = float(np.interp(0.0, mean, noises))
    slope = np.gradient(mean, noises)
    spread = float(np.interp(at_zero, noises, error / slope))
    row = Row(
        f"tipping noise, drawn labels, d = {SMALL}", predicted, at_zero, spread, ALLOWANCE,
        reason="deterministic equivalents are off by a relative 1/df",
    )  # fmt: skip
    return Outcome(rows=(row,), tips=(found,))
