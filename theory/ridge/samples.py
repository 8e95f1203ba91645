"""Comparison over sample counts without ridge: decay of the bias, and where noise takes over."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from theory.numerics.repeat import mean_error, repeat
from theory.ridge.equivalent import equivalent
from theory.ridge.power_laws import crossover_limit, crossover_samples
from theory.ridge.simulation import over_samples
from theory.ridge.studies import REASON, power, shuffled
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import study_crossing

Array = NDArray[np.float64]
D, N = 480, 96
NESTED = partial(over_samples, rows=N)
LAWS = ((2.0, 2.0), (2.0, 3.0))
NOISES = (0.03, 0.05, 0.1, 0.2)
TIP_NOISE, SEEDS = 0.05, 12
SPARSE = np.array([24, 28, 32, 36, 42, 48, 55, 63, 73, 84, 96])
DENSE = np.unique(np.round(np.geomspace(16, 96, 23)).astype(int))


def run_samples(size: Size) -> Outcome:
    """Compare whole learning curves without ridge, their exponents and their crossover."""
    spectrum = power(D, *LAWS[0])[0]
    targets = np.stack([power(D, *law)[1] for law in LAWS])
    # As many repetitions as all data sets have seeds: none is used twice.
    pool = repeat(
        NESTED, size.key("nested samples"), size.studies * SEEDS, spectrum, targets, batch=32
    )
    theory = _theory(spectrum, targets)
    across = jax.jit(jax.vmap(crossover_samples, in_axes=(None, None, 0)))
    roots = [float(n) for n in across(spectrum, targets[0], np.array(NOISES))]
    rows = [*_points(pool, theory), *_crossings(pool, roots)]
    rng = size.rng("learning curves")
    exponents = [
        study_exponent(
            f"bias against n, no ridge, a = {a:g}, b = {b:g}",
            SPARSE,
            theory[place][SPARSE - 1],
            shuffled(pool[:, place][:, SPARSE - 1], size.studies, SEEDS, rng),
            asymptotic=b - 1.0,
        )
        for place, (a, b) in enumerate(LAWS)
    ]
    located = roots[NOISES.index(TIP_NOISE)]
    draws = np.arange(len(pool)).reshape(size.studies, SEEDS)
    surplus = TIP_NOISE * pool[:, -1] - pool[:, 0]
    tip = study_crossing(
        f"samples at which noise {TIP_NOISE} costs as much as ignorance",
        DENSE,
        surplus[draws][:, :, DENSE - 1],
        located,
        asymptotic=float(crossover_limit(*LAWS[0], TIP_NOISE)),
    )
    curves = {"n": np.arange(1, N + 1), "theory": theory, "noises": np.array(NOISES)}
    mean, error = mean_error(pool)
    first = pool[draws[0], 0][:, SPARSE - 1].mean(0)
    curves |= {"mean": mean, "error": error, "sparse": SPARSE, "first": first}
    spread = [mean_error(pool[:, 0] + noise * pool[:, -1])[1] for noise in NOISES]
    return Outcome(
        rows=tuple(rows),
        tips=(tip,),
        exponents=tuple(exponents),
        curves=curves | {"noisy_error": np.array(spread)},
    )


def _theory(spectrum: Array, targets: Array) -> Array:
    """Return bias of each target and variance at unit noise for n = 1..N, without ridge."""

    def at(n: jax.Array) -> jax.Array:
        found = [equivalent(spectrum, beta, n, 0.0, 1.0) for beta in targets]
        return jnp.stack([*(one.bias for one in found), found[0].variance])

    return np.asarray(jax.jit(jax.vmap(at, out_axes=1))(np.arange(1.0, N + 1)))


def _points(pool: Array, theory: Array) -> list[Row]:
    mean, error = mean_error(pool)
    names = [f"bias, a = {a:g}, b = {b:g}" for a, b in LAWS] + ["variance at unit noise, a = 2"]
    return [
        Row(f"{name}, no ridge, n = {n}", float(theory[k, n - 1]), float(mean[k, n - 1]),
            float(error[k, n - 1]), allowance=0.03, reason=REASON)
        for n in (48, 96)
        for k, name in enumerate(names)
    ]  # fmt: skip


def _crossings(pool: Array, roots: list[float]) -> list[Row]:
    """Compare the root of the mean paired difference; its error by the slope there."""
    rows, n = [], np.arange(1, N + 1)
    for noise, root in zip(NOISES[1:], roots[1:], strict=True):
        mean, error = mean_error(noise * pool[:, -1] - pool[:, 0])
        place = int(np.argmax(mean > 0))
        slope = mean[place] - mean[place - 1]
        found = n[place] - mean[place] / slope
        rows.append(
            Row(f"crossover, no ridge, a = b = 2, noise {noise}", root, float(found),
                float(error[place] / slope), allowance=0.03, reason=REASON)
        )  # fmt: skip
    return rows
