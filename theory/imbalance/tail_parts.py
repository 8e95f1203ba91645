"""A long tail of classes: missing mass, a tail cut by pre-training, and the collapse of ranks."""

import jax
import numpy as np

from theory.imbalance import features, tail
from theory.imbalance.sampling import unseen_mass
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import root, study_crossing

A, RANKS, CUT, SEEDS = 1.5, 1 << 13, 50, 8
SIZES = (50, 71, 100, 141, 200, 283, 400, 566, 800, 1131, 1600)


def laws(size: Size) -> Outcome:
    """Asymptotic laws against sums over all ranks."""
    rows = []
    for a in (1.3, 1.5, 2.0):
        for n in (1000, 10_000):
            exact = float(tail.missing_mass(float(n), a))
            law = float(tail.missing_mass_refined(float(n), a))
            name = f"missing mass of a tail with a = {a}, n = {n}, next order included"
            reason = "the order after the next, taken as 1/n^2"
            rows.append(Row(name, law, exact, None, 1.0 / n**2, reason=reason))
    total = float(tail.zeta(A))
    ranks = np.arange(1, 501, dtype=np.float64)
    beyond = 1.0 - float(np.sum(ranks**-A)) / total
    plateau = float(tail.tail_mass(500, A))
    rows.append(
        Row("mass beyond rank 500, a = 1.5", plateau, beyond, None, 1e-6, reason="O(1/k0^2)")
    )
    place = float(tail.crossover_samples(500, A))
    met = root(lambda n: tail.missing_mass_law(n, A) - plateau, 1e3, 1e6)
    rows.append(Row("samples at which both laws meet, k0 = 500", place, met, None, 1e-7,
                    reason="identity"))  # fmt: skip
    real = root(lambda n: tail.missing_mass(n, A) - beyond, 1e4, 1e5)
    reason = "the next order moves it by -(2 - 1/a)/2 samples, less than one"
    name = "samples at which both sums meet, k0 = 500"
    rows.append(Row(name, place, real, None, 1.0 / place, reason=reason))
    counts = 1000.0 * ranks**-A
    for collapse in (2.5, 7.9):
        kept = int(np.sum(np.asarray(features.singular_value(counts, collapse)) > 0))
        rank = int(tail.kept_ranks(1000.0, collapse, A))
        name = f"classes kept of a tail with 1000 at its top, n* = {collapse}"
        rows.append(Row(name, float(rank), float(kept), reason="counted"))
    return Outcome(rows=tuple(rows))


def draws(size: Size) -> Outcome:
    """Samples drawn from the tail: missing mass, its exponent, and where a cut tail is met."""
    rows = []
    found = unseen_mass(size.rng("large"), size.repetitions(1500), A, (5000,), RANKS)
    mean, error = mean_error(found[:, 0])
    predicted = float(tail.truncated_missing_mass(5000.0, A, RANKS))
    rows.append(
        Row("missing mass of 5000 draws, 8192 ranks, a = 1.5", predicted, float(mean), float(error))
    )
    drawn = unseen_mass(size.rng("draws"), size.studies * SEEDS, A, SIZES, RANKS)
    table, sizes = drawn.reshape(size.studies, SEEDS, -1), np.array(SIZES, dtype=np.float64)
    exact = jax.vmap(lambda n: tail.truncated_missing_mass(n, A, RANKS))
    theory = np.asarray(exact(sizes))
    mean, error = mean_error(drawn)
    for place in (0, 5, 10):
        name = f"missing mass of {SIZES[place]} draws, 8192 ranks, a = 1.5"
        rows.append(Row(name, float(theory[place]), float(mean[place]), float(error[place])))
    studied = study_exponent(
        "missing mass against samples", sizes, theory, table, asymptotic=1.0 - 1.0 / A
    )
    plateau = float(np.sum(np.arange(CUT + 1, RANKS + 1) ** -A) / np.sum(
        np.arange(1, RANKS + 1) ** -A))  # fmt: skip
    met = root(lambda log: exact(np.array([10.0**log]))[0] - plateau, 2.0, 4.0)
    tip = study_crossing(
        "log10 samples at which the missing mass meets a tail cut at rank 50", np.log10(sizes),
        np.log(table) - np.log(plateau), met,
        asymptotic=float(np.log10(tail.crossover_samples(CUT, A))),
    )  # fmt: skip
    wide = np.geomspace(50, 50_000, 60)
    curves = {"sizes": sizes, "mean": table[0].mean(0), "error": mean_error(table[0])[1]}
    curves |= {"wide": wide, "theory": np.asarray(exact(wide)), "plateau": np.array([plateau])}
    curves |= {"cut": np.asarray(_cut_mass(wide)), "alpha": np.array([studied.fitted])}
    return Outcome(rows=tuple(rows), tips=(tip,), exponents=(studied,), curves=curves)


def _cut_mass(samples: np.ndarray) -> jax.Array:
    """Return the missing mass where pre-training saw the first ranks alone."""
    p = np.arange(1, RANKS + 1) ** -A
    p = p / p.sum()
    head = p[:CUT] / p[:CUT].sum()
    left = np.exp(np.outer(samples, np.log1p(-head))) @ p[:CUT]
    return jax.numpy.asarray(left + p[CUT:].sum())
