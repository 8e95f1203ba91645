"""Comparisons of Gaussian chains: how variance dies, and what real samples keep alive."""

import numpy as np

from theory.model_collapse.chain import (
    halving_share,
    mean_log_variance,
    mean_square,
    mean_variance,
    stationary_square,
    stationary_variance,
)
from theory.model_collapse.generation_parts import row
from theory.model_collapse.simulated_chains import gaussian_chains, refreshed_chains
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome
from theory.study.size import Size
from theory.study.tipping import study_crossing

SMALL = 10  # samples in a generation of the study of real samples
SETTLED, KEPT = 40, 300
SEEDS = 40


def dying(size: Size) -> Outcome:
    """Compare log variance, variance and squared mean of chains without real samples."""
    chains = size.repetitions(100_000, 20_000)
    means, logs = gaussian_chains(size.rng("dying"), chains, 50, 200)
    last = 200
    rows = (
        row("log variance after 200 generations of 50", mean_log_variance(50, last), logs[-1]),
        row("variance after 20 generations of 50", mean_variance(50, 20), np.exp(logs[19])),
        row("squared mean after 200 generations of 50", mean_square(50, last), means[-1] ** 2),
    )
    shown = np.array([1, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200])
    centre, error = mean_error(logs[shown - 1].T)
    curves = {"generation": np.asarray(shown, dtype=np.float64), "log": centre, "log error": error}
    curves["log theory"] = np.asarray(mean_log_variance(50, shown))
    curves["mean theory"] = np.log(np.asarray(mean_variance(50, shown)))
    return Outcome(rows, curves=curves)


def refreshed(size: Size) -> Outcome:
    """Compare the stationary variance and squared mean of chains with real samples."""
    rows = []
    for share, n in ((0.1, 50), (0.5, 20), (0.02, 100)):
        count = (size.repetitions(4000),)
        square, variance = refreshed_chains(size.rng(f"real {share}"), count, n, share, 150, 150)
        name = f"of {n} samples a share {share:g} real"
        rows += [
            row(f"{name}: variance", stationary_variance(n, share), variance),
            row(f"{name}: squared mean", stationary_square(n, share), square),
        ]
    return Outcome(tuple(rows))


def halving(size: Size) -> Outcome:
    """Find the number of real samples in a generation at which the variance is half."""
    counts = np.linspace(0.2, 1.1, 7)  # expected real samples in a generation
    shape = (size.studies, SEEDS, len(counts))
    square, variance = refreshed_chains(
        size.rng("halving"), shape, SMALL, counts / SMALL, SETTLED, KEPT
    )
    predicted = SMALL * float(halving_share(SMALL))
    # E v + E m^2 = 1: half the variance is kept where v - m^2 is 0 on average.
    tip = study_crossing(
        "real samples in a generation that keep half the variance",
        counts, variance - square, predicted, asymptotic=0.5,
    )  # fmt: skip
    mean, error = mean_error(variance[0])
    fine = np.linspace(0.1, 1.1, 60)
    curves = {"counts": counts, "mean": mean, "error": error, "fine": fine}
    curves["theory"] = np.asarray(stationary_variance(SMALL, fine / SMALL))
    return Outcome(tips=(tip,), curves=curves)
