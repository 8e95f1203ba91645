"""Unlearning held against prediction: alignment, ascent against retraining, deletions, times."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim import laws
from theory import unlearning as theory
from theory.numerics.repeat import mean_error
from theory.numerics.spectra import power_law
from theory.study.claim import Array, Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import study_crossing
from theory.unlearning import simulation

RATIO = "a ratio of means, right up to terms of order tr(S^2) / (tr S)^2"
ALIGNED = (  # decay of the spectrum, d, n, ridge, allowance (None: known to fail)
    (0.0, 500, 1000, 0.05, 0.003),
    (0.0, 500, 400, 0.2, 0.003),
    (0.0, 500, 1000, 1.0, 0.003),
    (0.5, 300, 1000, 0.05, 0.01),
    (1.0, 300, 1000, 0.05, None),
)
RIDGES = np.geomspace(0.02, 2.0, 25)

DIMENSION, SEEDS = 60, 12
STEPS = np.linspace(0.0, 4.0, 17)

NOISE, WIDTH, KEPT, LEVELS, STRIDE = 1.0, 30, 40, 11, 6
SAMPLES = KEPT + STRIDE * (LEVELS - 1)
DELETED = STRIDE * np.arange(LEVELS, dtype=np.int64)


def alignment(size: Size) -> Outcome:
    """Hold the alignment of points with their own removal against fresh points."""
    rows, curves = [], {"ridge": RIDGES}
    predict = jax.jit(theory.alignment)
    for decay, d, n, ridge, allowance in ALIGNED:
        spectrum = power_law(d, decay)
        name = f"alignment, l = i^-{decay:g}, d = {d}, n = {n}, ridge {ridge:g}"
        count = size.repetitions(30, 10)
        draws = simulation.alignments(size.rng(name), count, np.asarray(spectrum), n, ridge)
        mean, error = mean_error(draws)
        predicted = float(predict(spectrum, float(n), ridge))
        holds = allowance is not None
        found = predicted, float(mean), float(error), allowance or 0.0
        rows.append(Row(name, *found, reason=RATIO, holds=holds))
        key = f"decay {decay:g} n {n}"
        if key not in curves:
            curves[key] = np.array([float(predict(spectrum, float(n), r)) for r in RIDGES])
        curves[f"point {len(rows)}"] = np.array([decay, n, ridge, mean, error])
    return Outcome(rows=tuple(rows), curves=curves)


def ascent(size: Size) -> Outcome:
    """Find the steps after which ascent has forgotten a point as retraining would."""
    n, ridge, step = 240, 0.1, 0.004
    count = size.studies * SEEDS
    draws = simulation.ascents(
        size.rng("ascent"), count, STEPS, d=DIMENSION, n=n, ridge=ridge, step=step
    )
    sets = draws.reshape(size.studies, SEEDS, len(STEPS))
    spectrum = jnp.ones(DIMENSION)
    predicted = float(theory.expected_matching_steps(spectrum, n, ridge, step))
    first, _ = theory.resolvent_traces(spectrum, n, ridge)
    limit = float(jnp.log1p(first / n) / jnp.log1p(step * DIMENSION))
    name = "ascent steps that forget as much as retraining"
    tip = study_crossing(name, STEPS, sets, predicted, asymptotic=limit)
    growth = float(jnp.log1p(step * DIMENSION))
    curves = {
        "steps": STEPS,
        "theory": np.exp((STEPS - limit) * growth),
        "mean": np.exp(sets[0].mean(axis=0)),
        "error": np.exp(sets[0].mean(axis=0)) * sets[0].std(axis=0, ddof=1) / np.sqrt(SEEDS),
    }
    return Outcome(tips=(tip,), curves=curves)


def deletion(size: Size) -> Outcome:
    """Hold the risk after deletions against its exact value and find where it doubles."""
    count = max(size.repetitions(20_000), size.studies * SEEDS)
    draws = simulation.deletions(size.rng("deletion"), count, d=WIDTH, n=SAMPLES, deleted=DELETED)
    exact = np.asarray(theory.risk_after_deletion(NOISE, WIDTH, SAMPLES, DELETED))
    means, errors = mean_error(draws)
    rows = [
        Row(f"risk after deleting {k} of {SAMPLES} points", float(exact[i]), float(means[i]),
            float(errors[i]))
        for i, k in enumerate(DELETED)
        if k in (0, 30, 60)
    ]  # fmt: skip
    sets = draws[: size.studies * SEEDS].reshape(size.studies, SEEDS, LEVELS)
    place = float(theory.capacity(2.0, WIDTH, SAMPLES))
    tip = study_crossing(
        "deletions that double the risk", DELETED, sets - 2.0 * sets[:, :, :1], place
    )
    spare = (SAMPLES - DELETED - WIDTH - 1.0)[:-1]
    exponent = study_exponent(
        "risk against spare samples n - k - d - 1", spare, exact[:-1], sets[:, :, :-1],
        asymptotic=1.0,
    )  # fmt: skip
    mean, error = mean_error(sets[0])
    fitted = laws.fit("power", spare, mean[:-1], y_err=mean[:-1])
    curves = {"deleted": DELETED, "exact": exact, "mean": mean, "error": error}
    curves |= {"fitted": np.r_[fitted.predict(spare), np.nan]}
    return Outcome(rows=tuple(rows), tips=(tip,), exponents=(exponent,), curves=curves)


def speed(size: Size) -> Outcome:
    """Time risks after eleven nested deletions against a loop of refits."""
    own = size.rng("speed")
    program = lambda count: simulation.deletions(own, count, d=WIDTH, n=SAMPLES, deleted=DELETED)

    def loop(rng: np.random.Generator) -> Array:
        x, beta = rng.normal(size=(SAMPLES, WIDTH)), rng.normal(size=WIDTH)
        y = x @ beta + rng.normal(size=SAMPLES)
        risks = []
        for k in DELETED:
            weights = np.linalg.lstsq(x[k:], y[k:], rcond=None)[0]
            risks.append(np.sum((weights - beta) ** 2))
        return np.array(risks)

    return Outcome(speeds=(study_speed("risks after eleven deletions", program, loop, 1024),))
