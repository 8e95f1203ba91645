"""Memorised information and generalisation gaps, and how often a PAC-Bayes bound is violated."""

import jax
import numpy as np
from scipy import integrate, stats

from theory.bounds.information import (
    information_bound,
    label_information,
    location_gap,
    location_information,
    mean_maximum,
    point_information,
    selection_gap,
)
from theory.bounds.pac_bayes import error_bound
from theory.bounds.simulation import gibbs_errors, label_densities, location_gaps, selected
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size

N = 50
CHOICES = {10: 200_000, 1000: 20_000, 100_000: 400}  # models: repetitions
DELTA = 0.05
INEQUALITY = "shown is the larger of rate and allowed rate; binomial error at the latter"
SCALES = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
bounded = jax.jit(error_bound)


def run_selection(size: Size) -> Outcome:
    """Compare the gap of the best of K useless models with simulation and with its bound."""
    rows, means, errors = [], [], []
    for models, many in CHOICES.items():
        draws = selected(size.rng(f"selection {models}"), size.repetitions(many, 40), models)
        mean, error = mean_error(draws / np.sqrt(N))
        law, bound = float(selection_gap(models, N)), float(information_bound(np.log(models), N))
        apart = _mean_maximum_apart(models) / np.sqrt(2.0 * np.log(models))
        rows += [
            Row(f"gap of the best of {models} useless models", law, float(mean), float(error)),
            Row(f"gap / information bound, {models} models", law / bound, apart, allowance=1e-7),
        ]
        means.append(float(mean))
        errors.append(float(error))
    curves = {"models": np.array(list(CHOICES), dtype=float), "gap": np.array(means)}
    return Outcome(rows=tuple(rows), curves=curves | {"gap error": np.array(errors)})


def _mean_maximum_apart(models: int) -> float:
    """Return the mean of the largest normal from its density, by adaptive quadrature."""

    def weighted(x: float) -> float:
        log = np.log(models) + stats.norm.logpdf(x) + (models - 1) * stats.norm.logcdf(x)
        return float(x * np.exp(log))

    return float(integrate.quad(weighted, -8, 12, epsabs=1e-12, limit=400)[0])


def run_location(size: Size) -> Outcome:
    """Compare gap and information of a released mean; the gap does not depend on the release."""
    d, n, noise, rows = 20, 50, 1.0, []
    rng = size.rng("location")
    law = float(location_gap(d, n, noise))
    for release in (0.0, 0.02, 0.5):
        draws = location_gaps(rng, size.repetitions(200_000), d, n, noise, release)
        mean, error = mean_error(draws)
        rows.append(
            Row(f"gap of a mean, release noise {release:g}", law, float(mean), float(error))
        )
    whole, point = _determinants(n, noise, 0.02)
    rows += [
        Row(
            "I(W; S) per dimension, against determinants",
            float(location_information(n, noise, 0.02)), whole, allowance=1e-10,
        ),
        Row(
            "I(W; Z_i) per dimension, against determinants",
            float(point_information(n, noise, 0.02)), point, allowance=1e-9,
        ),
    ]  # fmt: skip
    return Outcome(rows=tuple(rows))


def _determinants(n: int, noise: float, release: float) -> tuple[float, float]:
    """Return both informations from determinants of the joint covariance of weights and data."""
    cross = np.full(n, noise / n)
    joint = np.block(
        [[np.array([[noise / n + release]]), cross[None]], [cross[:, None], noise * np.eye(n)]]
    )
    alone = np.log(noise / n + release)
    whole = 0.5 * (alone + n * np.log(noise) - np.linalg.slogdet(joint)[1])
    pair = joint[:2, :2]
    return float(whole), float(0.5 * (alone + np.log(noise) - np.linalg.slogdet(pair)[1]))


def run_labels(size: Size) -> Outcome:
    """Compare what released ridge weights remember of label noise with mean log densities."""
    rng, rows = size.rng("labels"), []
    inputs = rng.standard_normal((30, 8))
    releases = np.geomspace(1e-3, 1.0, 7)
    means, errors, laws = [], [], []
    for release in releases:
        draws = label_densities(rng, size.repetitions(100_000), inputs, 1.0, 1.0, float(release))
        mean, error = mean_error(draws)
        law = float(label_information(inputs, 1.0, 1.0, release))
        if release in releases[[0, 3, 6]]:
            words = f"memorised label noise (nats), release variance {release:.3g}"
            rows.append(Row(words, law, float(mean), float(error)))
        means.append(float(mean))
        errors.append(float(error))
        laws.append(law)
    names = ("release", "nats", "nats error", "law")
    columns = (releases, np.array(means), np.array(errors), np.array(laws))
    return Outcome(rows=tuple(rows), curves=dict(zip(names, columns, strict=True)))


def run_pac_bayes(size: Size) -> Outcome:
    """Count how often the true Gibbs error is above its bound: at most delta."""
    n, d = 200, 10
    rng = size.rng("pac-bayes")
    many = size.repetitions(1000)
    training, true, divergence = gibbs_errors(rng, many, SCALES, n, d, 1.5, 0.1)
    bound = np.asarray(bounded(training, divergence, n, DELTA))
    spread, rows = float(np.sqrt(DELTA * (1.0 - DELTA) / many)), []
    for i, scale in enumerate(SCALES):
        words = f"PAC-Bayes violations, at least {DELTA:g}, posterior scale {scale:g}"
        rate = float(np.mean(true[:, i] > bound[:, i]))
        # An inequality: any rate up to delta is as predicted, and only what exceeds it counts.
        rows.append(Row(words, DELTA, max(rate, DELTA), spread, reason=INEQUALITY))
    curves = {"scale": SCALES, "training": training.mean(0), "true": true.mean(0)}
    return Outcome(rows=tuple(rows), curves=curves | {"bound": bound.mean(0)})


def gap_curve(models: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted gap and information bound at many numbers of models, for the figure."""
    gaps = np.asarray(jax.vmap(mean_maximum)(models)) / np.sqrt(N)
    return gaps, np.asarray(information_bound(np.log(models), N))
