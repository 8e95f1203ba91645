"""Linear discriminants that are wrong about a rare class, held against simulation."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy import special

from theory.imbalance import discriminant
from theory.imbalance.sampling import centroid_errors, prior_errors
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
SEEDS = 12
PRIORS = np.geomspace(0.03, 0.4, 15)
POINTS, SEPARATION = 600, 2.0
COUNTS = np.array([20.0, 24, 28, 32, 36, 40, 44, 48, 52, 58, 66, 76, 90, 110, 140])
SETTING = (4.0, 200, 400.0)  # squared distance, dimension, samples of the majority
CENTROIDS = ((4.0, 200, 20.0, 400.0), (4.0, 200, 60.0, 400.0), (9.0, 400, 30.0, 1000.0))


def priors(size: Size) -> Outcome:
    """Minority error under the rule of a biased prior, and the prior at which it is one half."""
    rows = []
    tip_prior = float(discriminant.tipping_prior(SEPARATION))
    for separation, prior in ((1.5, 0.1), (2.0, 0.05), (2.0, tip_prior)):
        rng, count = size.rng(f"prior {separation} {prior:.3f}"), size.repetitions(3000)
        mean, error = mean_error(prior_errors(rng, count, separation, [prior], POINTS))
        predicted = float(discriminant.prior_error(separation, prior))
        name = f"minority error, distance {separation}, prior {prior:.3f}"
        rows.append(Row(name, predicted, float(mean[0]), float(error[0])))
    count = size.studies * SEEDS
    drawn = prior_errors(size.rng("priors"), count, SEPARATION, PRIORS, POINTS)
    paired = drawn.reshape(size.studies, SEEDS, -1) - 0.5
    tip = study_crossing(
        "prior at which the minority error crosses one half", PRIORS, paired, tip_prior,
        asymptotic=tip_prior,
    )  # fmt: skip
    return Outcome(rows=tuple(rows), tips=(tip,))


def centroids(size: Size) -> Outcome:
    """Minority error of the nearest centroid, and the minority count at which it is one half."""
    rows = []
    for distance2, d, minority, majority in CENTROIDS:
        rng, count = size.rng(f"centroid {d} {minority}"), size.repetitions(400_000)
        drawn = centroid_errors(rng, count, distance2, d, [minority], majority)
        mean, error = mean_error(drawn[:, 0])
        name = f"D2 = {distance2:g}, d = {d}, counts {minority:g} and {majority:g}"
        setting = (distance2, d, minority, majority)
        exact = float(discriminant.centroid_error(*setting))
        rows.append(Row(f"nearest centroid, {name}", exact, float(mean), float(error)))
        normal = float(discriminant.centroid_error_normal(*setting))
        rows.append(
            Row(f"nearest centroid, normal margin, {name}", normal, float(mean), float(error),
                0.003, reason="skewness of the margin, of relative order 1/d")
        )  # fmt: skip
    count = size.studies * SEEDS
    drawn = centroid_errors(size.rng("centroids"), count, 4.0, 200, COUNTS, 400.0)
    exact_place = root(lambda n: discriminant.centroid_error(4.0, 200, n, 400.0) - 0.5, 30.0, 60.0)
    closed = float(discriminant.tipping_count(*SETTING))
    rows.append(
        Row("minority count at one half, closed form against the exact root", closed, exact_place,
            None, 0.005, reason="skewness of the margin, of relative order 1/d")
    )  # fmt: skip
    rows.append(_crossing(drawn.mean(0), mean_error(drawn)[1], exact_place))
    tip = study_crossing(
        "minority count at which the nearest centroid's error crosses one half", COUNTS,
        drawn.reshape(size.studies, SEEDS, -1) - 0.5, exact_place, asymptotic=closed,
    )  # fmt: skip
    wide = np.geomspace(15.0, 160.0, 200)
    theory = jax.vmap(lambda n: discriminant.centroid_error(4.0, 200, n, 400.0))(wide)
    first = drawn[:SEEDS]
    curves = {"counts": COUNTS, "mean": first.mean(0), "error": mean_error(first)[1]}
    return Outcome(
        rows=tuple(rows), tips=(tip,), curves=curves | {"wide": wide, "theory": np.asarray(theory)}
    )


def _crossing(mean: Array, error: Array, predicted: float) -> Row:
    """Return where the simulated mean, on the normal scale, crosses one half: line of five."""
    near = np.argsort(np.abs(COUNTS - 45.0))[:5]
    slope, level = np.polyfit(1 / COUNTS[near], special.ndtri(mean[near]), 1)
    place = -slope / level
    steepness = np.abs(np.gradient(mean, COUNTS))[near].mean()
    sure = float(error[near].mean() / steepness)  # levels share their draws: as one level
    return Row(
        "minority count at one half, simulated", predicted, float(place), sure, 0.001,
        reason="a straight line in 1/n on the normal scale",
    )  # fmt: skip


def speed(size: Size) -> Outcome:
    """Time all counts of one draw against a loop that draws the samples and averages them."""

    def loop(rng: np.random.Generator) -> Array:
        distance2, d, majority = SETTING
        mean = np.zeros(int(d))
        mean[0] = np.sqrt(distance2)
        far = rng.standard_normal((int(majority), int(d))).mean(axis=0)
        minority = mean + rng.standard_normal((int(COUNTS[-1]), int(d)))
        errors = []
        for count in COUNTS:
            near = minority[: int(count)].mean(axis=0)
            w = near - far
            margin = w @ mean - 0.5 * (near @ near - far @ far)
            errors.append(special.ndtr(-margin / np.linalg.norm(w)))
        return np.array(errors)

    def program(repetitions: int) -> Array:
        return centroid_errors(size.rng("speed"), repetitions, 4.0, 200, COUNTS, 400.0)

    return Outcome(speeds=(study_speed("nearest centroid, 15 counts", program, loop, 20_000),))
