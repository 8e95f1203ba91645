"""Comparisons of generations: replaced and accumulated labels, ridge regression."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from theory.model_collapse.generations import (
    accumulated_fresh,
    accumulated_same,
    replaced,
    ridge_generations,
)
from theory.model_collapse.simulated_generations import (
    GENERATIONS,
    POLICIES,
    least_squares,
    ridge,
)
from theory.numerics.repeat import mean_error
from theory.numerics.spectra import power_law, power_target
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size

ORDER = "the equivalent leaves out terms of order 1 / df1, at most 2 % here (df1 is 65 to 197)"
SHOWN = {"replaced": (1, 4, 8), "fresh": (2, 3, 10), "same": (1, 3, 10)}
WORDS = {
    "replaced": "replaced labels",
    "same": "accumulated labels, same inputs",
    "fresh": "accumulated labels, fresh inputs",
}

# Compiled once for all settings; an iteration to a root would else compile at every call.
_ridge_theory = jax.jit(ridge_generations, static_argnames="generations")


def row(
    name: str, predicted: ArrayLike, values: ArrayLike, allowance: float = 0.0, reason: str = ""
) -> Row:
    """Return a row for the mean of simulated values, shape (repetitions,)."""
    mean, error = mean_error(values)
    return Row(
        name, float(np.asarray(predicted)), float(mean), float(error), allowance, 0.0, reason
    )


def policies(size: Size) -> Outcome:
    """Compare replacing and accumulating labels with their exact errors."""
    large = (40, 160, 0.5)
    found = least_squares(size.rng("lineages"), size.repetitions(3000), *large)
    theory = {
        "replaced": replaced(*large, jnp.arange(1, GENERATIONS + 1)),
        "same": accumulated_same(*large, GENERATIONS),
        "fresh": accumulated_fresh(*large, GENERATIONS),
    }
    rows = [
        row(
            f"{WORDS[policy]}, generation {g}",
            theory[policy][g - 1],
            found[:, POLICIES.index(policy), g - 1],
        )
        for policy, chosen in SHOWN.items()
        for g in chosen
    ]
    few = least_squares(size.rng("small lineages"), size.repetitions(8000), 8, 24, 1.0)
    small = accumulated_fresh(8, 24, 1.0, 4)
    rows += [
        row(f"{WORDS['fresh']}, d = 8, T = 24, generation {g}", small[g - 1], few[:, 1, g - 1])
        for g in range(1, 5)
    ]
    curves: dict[str, np.ndarray] = {}
    for place, policy in enumerate(POLICIES):
        mean, error = mean_error(found[:, place])
        curves |= {policy: mean, f"{policy} error": error}
        curves[f"{policy} theory"] = np.asarray(theory[policy])
    return Outcome(tuple(rows), curves=curves)


def ridge_policies(size: Size) -> Outcome:
    """Compare generations of ridge regression with the iterated equivalent."""
    spectrum, beta, noise = power_law(200, 1.0), power_target(200, 1.0, 2.0), 0.25
    rows: list[Row] = []
    curves: dict[str, np.ndarray] = {}
    for n, penalty in ((100, 0.01), (150, 0.0), (600, 1e-4)):
        rng, name = size.rng(f"ridge generations {n}"), f"n = {n}, ridge {penalty:g}"
        arguments = (spectrum, beta, n, penalty, noise)
        found = ridge(rng, size.repetitions(160), *arguments)
        theory = np.asarray(_ridge_theory(*arguments, generations=5))
        rows += [
            row(f"ridge generations, {name}, generation {g}", theory[g - 1], found[:, g - 1],
                0.02, ORDER)
            for g in (1, 2, 5)
        ]  # fmt: skip
        mean, error = mean_error(found)
        curves |= {f"{name} theory": theory, name: mean, f"{name} error": error}
    return Outcome(tuple(rows), curves=curves)


def exponent(size: Size) -> Outcome:
    """Fit the growth of the error of replaced labels with the generation as a power law."""
    grid, seeds, d, samples, noise = np.arange(1, 13), 16, 40, 160, 0.5
    theory = replaced(d, samples, noise, grid)
    rng = size.rng("growth")
    # Every point is a lineage of its own, so that the errors of points are independent.
    shape = (size.studies, seeds, len(grid))
    total = np.zeros(shape)
    off = np.zeros((*shape, d))
    for g in grid:
        freedom = rng.chisquare(samples - d + 1, (*shape[:2], int(np.sum(grid >= g))))
        step = rng.standard_normal((*freedom.shape, d)) * np.sqrt(noise / freedom)[..., None]
        off[:, :, grid >= g] += step
    total = np.sum(np.square(off), axis=-1)
    found = study_exponent(
        "growth with the generation, labels replaced", grid, theory, total, asymptotic=-1.0
    )
    mean, error = mean_error(total[0])
    return Outcome(
        exponents=(found,),
        curves={"grid": np.asarray(grid, dtype=np.float64), "mean": mean, "error": error},
    )
