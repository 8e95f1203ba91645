"""The critical count: its rows, how it grows with the data, and where success crosses a half."""

from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from jaxuim import laws
from theory.backdoor.law import critical_count
from theory.backdoor.simulation import Setting, poisoned_ridge
from theory.numerics.repeat import mean_error
from theory.study.claim import Exponent, Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import study_crossing

Array = NDArray[np.float64]
D = 20
LEVELS = 16
SAMPLES = (1000, 2000, 4000, 8000, 16000)
# The crossover is no power law; far beyond L / v = 1667 samples it is one within the noise.
LONG = (1000, 4000, 16000, 27000, 45000, 76000, 128000)
SHOWN = (1000, 4000, 16000)
EFFORT = 100.0  # seeds times critical count: relative errors are then about equal along n
SEEDS = 12
TIP = Setting(4000, 200.0, tuple(range(0, 2 * LEVELS, 2)), D)
REASON = "mean field leaves out terms of relative order 1/n and 1/count^2; linear interpolation"


class Regime(NamedTuple):
    """How the penalty depends on the number of samples: fixed + each n; and the trigger's noise.

    ``asymptotic`` is the exponent of the critical count in n for many samples, and ``fitted`` the
    least n that the fit of a power law uses.
    """

    name: str
    fixed: float
    each: float
    variance: float
    asymptotic: float
    samples: tuple[int, ...] = SAMPLES
    fitted: int = 0

    def penalty(self, n: Any) -> Any:
        """Return the penalty of the unnormalised loss at n samples."""
        return self.fixed + self.each * n


REGIMES = (
    Regime("fixed penalty", 200.0, 0.0, 0.0, 0.0),
    Regime("penalty per sample", 0.0, 0.1, 0.0, 1.0),
    Regime("noise on the trigger coordinate", 50.0, 0.0, 0.03, 1.0, LONG, 16000),
)


@jax.jit
@jax.vmap
def _law(n: jax.Array, penalty: jax.Array, variance: jax.Array) -> jax.Array:
    return critical_count(n, penalty, d=D, variance=variance)


def law(regime: Regime, n: ArrayLike) -> Array:
    """Return the critical count at each n, shape as ``n``."""
    n = np.asarray(n, dtype=np.float64)
    return np.asarray(_law(*np.broadcast_arrays(n, regime.penalty(n), regime.variance)))


def half_count(counts: ArrayLike, success: Array) -> float:
    """Return where mean success first exceeds 1/2: linear in probit of success and log count.

    ``counts`` and ``success`` start at a count of 0; NaN where success stays below or above.

    >>> round(half_count([0, 1, 4], np.array([0.0, 0.4, 0.6])), 6)
    2.0
    """
    above = np.flatnonzero(success[1:] > 0.5)
    if not len(above) or above[0] == 0:
        return float("nan")
    place = above[0] + 1
    low, high = ndtri(success[place - 1]), ndtri(success[place])
    share = low / (low - high)
    logs = np.log(np.asarray(counts)[place - 1 : place + 1])
    return float(np.exp(logs[0] + share * (logs[1] - logs[0])))


def compare_counts(size: Size) -> Outcome:
    """Hold critical counts against crossings of simulated success, and fit their growth."""
    rows: list[Row] = []
    exponents: list[Exponent] = []
    curves: dict[str, Array] = {}
    for regime in REGIMES:
        n = np.asarray(regime.samples)
        fine = np.geomspace(n[0], n[-1], 60)
        law_at = law(regime, np.pad(np.concatenate([n, fine]), (0, 8 - len(n)), "edge"))
        predicted, smooth = law_at[: len(n)], law_at[len(n) : len(n) + 60]
        points = zip(regime.samples, predicted, strict=True)
        sets = np.stack([_data_sets(size, regime, *point) for point in points], axis=1)
        means, errors = mean_error(sets)
        for place, samples in enumerate(regime.samples):
            if samples in SHOWN:
                name = f"critical count, {regime.name}, n = {samples}"
                value, mean, error = (float(v[place]) for v in (predicted, means, errors))
                rows.append(Row(name, value, mean, error, 0.01, reason=REASON))
        exponents.append(_growth(regime, n, predicted, sets))
        far = n >= regime.fitted
        fitted = laws.fit("power", n[far], sets[0, far], scale="log")
        curves[f"simulated {regime.name}"] = np.stack([n, means, errors])
        curves[f"law {regime.name}"] = np.stack([fine, smooth])
        line = fine[fine >= regime.fitted]
        curves[f"fitted {regime.name}"] = np.stack([line, np.asarray(fitted.predict(line))])
    return Outcome(rows=tuple(rows), exponents=tuple(exponents), curves=curves)


def _growth(regime: Regime, n: Array, predicted: Array, sets: Array) -> Exponent:
    """Return how a power law fits the growth with n, in the convention y = c n^-alpha."""
    far = n >= regime.fitted
    name = f"critical count against n, {regime.name}, n from {n[far][0]:g} to {n[far][-1]:g}"
    asymptotic = -regime.asymptotic
    return study_exponent(name, n[far], predicted[far], sets[:, far], asymptotic=asymptotic)


def _data_sets(size: Size, regime: Regime, n: int, predicted: float) -> Array:
    """Return a critical count for each data set, that of the mean over its seeds; (studies,)."""
    step, seeds = max(1, round(predicted / 8)), max(1, round(EFFORT / predicted))
    counts = tuple(step * level for level in range(LEVELS))
    setting = Setting(n, regime.penalty(n), counts, D, variance=regime.variance)
    rng = size.rng(f"counts {regime.name} {n}")
    found = poisoned_ridge(rng, setting, size.studies * seeds)
    success = found.success.reshape(size.studies, seeds, LEVELS).mean(axis=1)
    return np.array([half_count(counts, row) for row in success])


def compare_tip(size: Size) -> Outcome:
    """Find the critical count as the crossing of success and 1/2, over seeds."""
    found = poisoned_ridge(size.rng("tip"), TIP, size.studies * SEEDS)
    success = found.success.reshape(size.studies, SEEDS, LEVELS)
    predicted = float(_law(*np.array([[TIP.n], [TIP.penalty], [0.0]]))[0])
    tip = study_crossing(
        "count at which half of the attacks succeed, n = 4000, fixed penalty",
        TIP.counts,
        success - 0.5,
        predicted,
        asymptotic=TIP.penalty * TIP.norm**2 / (1.0 + TIP.norm**2) / TIP.trigger**2,
    )
    return Outcome(
        tips=(tip,),
        curves={"counts": np.asarray(TIP.counts, dtype=np.float64), "success": success[0]},
    )


def compare_speed(size: Size) -> Outcome:
    """Time the simulation of all counts against a loop over training sets and counts."""

    def program(repetitions: int) -> Any:
        return poisoned_ridge(size.rng("speed"), TIP, repetitions)

    speed = study_speed("success at 16 counts, n = 4000, d = 20", program, _loop, 1024)
    return Outcome(speeds=(speed,))


def _loop(rng: np.random.Generator) -> Array:
    """Return success at all counts of one training set, as one would write it in NumPy."""
    n, most = TIP.n, TIP.counts[-1]
    mean = np.zeros(D)
    mean[0] = TIP.norm
    label = rng.choice([-1.0, 1.0], n)
    clean = np.column_stack([label[:, None] * mean + rng.normal(size=(n, D)), np.zeros(n)])
    poison = np.column_stack([rng.normal(size=(most, D)) - mean, np.full(most, TIP.trigger)])
    found = np.empty(LEVELS)
    for level, count in enumerate(TIP.counts):
        x = np.concatenate([clean, poison[:count]])
        y = np.concatenate([label, np.ones(count)])
        weights = np.linalg.solve(x.T @ x + TIP.penalty * np.eye(D + 1), x.T @ y)
        score = TIP.trigger * weights[D] - weights[:D] @ mean
        found[level] = score / np.linalg.norm(weights[:D])
    return np.asarray(ndtr(found))
