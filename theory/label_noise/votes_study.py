"""Majority votes held against prediction: errors, collapse at the critical rate, labels needed."""

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from theory.label_noise import votes
from theory.label_noise.confusion import critical_noise, pair_flip_error
from theory.label_noise.simulation import lost_votes, symmetric_chances, wrong_share
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import root, study_collapse

Array = NDArray[np.float64]
# noise, classes, labels
EXACT = ((0.5, 3, 15), (0.6, 5, 20), (0.75, 4, 12), (0.8, 10, 30), (0.8, 10, 200))
RARE = ((0.8, 10, 200), (0.7, 5, 300), (0.5, 3, 100))
MOST = {3: 100, 4: 12, 5: 300, 10: 200}  # labels, by classes
# and the allowance of the normal form and of the scaling form (None: known to fail)
APPROXIMATE = (
    (0.88, 10, 1000, 0.04, None),
    (0.90, 10, 500, 0.001, 0.001),
    (0.92, 10, 500, 0.0015, None),
)
NORMAL = "counts are taken as normal, right up to relative terms that grow away from the tip"
SCALING = "one curve in margin x sqrt(labels x classes), only near the critical noise"

CLASSES, SIZES = 4, (400, 1600, 6400)
LEVELS = np.linspace(0.725, 0.770, 11)
ITEMS = 200

MARGINS = np.geomspace(0.06, 0.4, 14)
COUNTS = 2 * np.unique(np.round(np.geomspace(2, 1000, 14)).astype(int)) + 1
WANTED = 0.1


def errors(size: Size) -> Outcome:
    """Hold exact sums and both approximations against multinomial counts."""
    rng = size.rng("majority votes")
    rows = []
    for eta, classes, m in EXACT:
        lost = lost_votes(rng, symmetric_chances(eta, classes), m, size.repetitions(1_000_000))
        mean, error = mean_error(lost)
        name = f"majority error, exact, {classes} classes, noise {eta:g}, {m} labels"
        predicted = float(votes.majority_error(eta, classes, m, MOST[classes]))
        rows.append(Row(name, predicted, float(mean), float(error)))
    for eta, classes, m in RARE:
        exact = float(votes.majority_error(eta, classes, m, MOST[classes]))
        for words, predicted in _approximations(eta, classes, m).items():
            name = f"rare majority error, {words}, {classes} classes, noise {eta:g}, {m} labels"
            rows.append(Row(name, predicted, exact, reason="known to fail", holds=False))
    for eta, classes, m, normal, scaling in APPROXIMATE:
        lost = lost_votes(
            rng, symmetric_chances(eta, classes), m, size.repetitions(400_000, 100_000)
        )
        mean, error = mean_error(lost)
        allowed = {"normal form": (normal, NORMAL), "scaling form": (scaling, SCALING)}
        for words, predicted in _approximations(eta, classes, m).items():
            allowance, reason = allowed[words]
            name = f"majority error, {words}, {classes} classes, noise {eta:g}, {m} labels"
            holds, allowance = allowance is not None, allowance or 0.0
            row = Row(name, predicted, float(mean), float(error), allowance, 0.0, reason, holds)
            rows.append(row)
    return Outcome(rows=tuple(rows))


def _approximations(eta: float, classes: int, m: int) -> dict[str, float]:
    scaled = votes.margin(eta, classes) * np.sqrt(m * classes)
    return {
        "normal form": float(votes.majority_error_normal(eta, classes, float(m))),
        "scaling form": float(votes.scaling_error(scaled, classes)),
    }


def collapse(size: Size) -> Outcome:
    """Let curves of three numbers of labels find the critical noise and the window's exponent."""
    rng, grid = size.rng("finite-size collapse"), np.tile(LEVELS, len(SIZES))
    sizes = np.repeat(SIZES, len(LEVELS))
    table = [
        lost_votes(rng, symmetric_chances(eta, CLASSES), m, (size.studies, ITEMS)).mean(axis=1)
        for eta, m in zip(grid, sizes, strict=True)
    ]
    curves = np.array(table).T
    clean = [
        float(votes.majority_error_normal(eta, CLASSES, float(m)))
        for eta, m in zip(grid, sizes, strict=True)
    ]
    tip = critical_noise(CLASSES)
    name = "symmetric noise at which labels carry nothing, 4 classes"
    located, window = study_collapse(
        name, grid, curves, sizes, clean, asymptotic=tip, predicted=tip
    )
    shown = {"noise": LEVELS, "sizes": np.array(SIZES, dtype=float), "errors": curves[0]}
    return Outcome(tips=(located,), exponents=(window,), curves=shown)


def needed(shares: Array) -> Array:
    """Return the labels at which probit(error), a line in sqrt(labels), reaches the wanted error.

    ``shares`` are errors at ``COUNTS`` along the last axis; errors of 0.02 to 0.35 enter the line.
    """
    used = ((shares > 0.02) & (shares < 0.35)).astype(float)
    y = special.ndtri(np.clip(shares, 1e-6, 1.0 - 1e-6))
    x = np.broadcast_to(np.sqrt(COUNTS), shares.shape)
    total = used.sum(axis=-1)
    at, height = (used * x).sum(axis=-1) / total, (used * y).sum(axis=-1) / total
    away = used * (x - at[..., None])
    slope = (away * y).sum(axis=-1) / (away * x).sum(axis=-1)
    return np.asarray((at + (special.ndtri(WANTED) - height) / slope) ** 2)


def labels_needed(size: Size) -> Outcome:
    """Fit how the labels needed for an error of 10 % grow as the margin shrinks."""
    rng, eta = size.rng("labels needed"), (1.0 - MARGINS[:, None]) / 2.0
    shape = np.zeros((size.studies, 1, 1))
    shares = wrong_share(rng, eta + shape, COUNTS + shape.astype(int), 200)
    table = needed(shares)
    theory = needed(np.asarray(votes.binary_error(eta, COUNTS.astype(float))))
    spread = table.std(axis=0, ddof=1)
    name = "labels needed against margin, 2 classes, error 10 %"
    fitted = study_exponent(name, MARGINS, theory, table, asymptotic=2.0, y_err=spread)
    small = np.geomspace(0.01, 0.1, 8)
    exact = [_exactly_needed(lead) for lead in small]
    slope = float(np.polyfit(np.log(small), np.log(exact), 1)[0])
    reason = "-2 in the limit of small margins; the grid reaches 0.1"
    row = Row(
        "exponent of labels needed against margin", -2.0, slope, allowance=0.02, reason=reason
    )
    bound = np.asarray(votes.labels_bound(eta[:, 0], 2, WANTED))
    return Outcome(
        rows=(row,),
        exponents=(fitted,),
        curves={"margin": MARGINS, "theory": theory, "found": table[0], "error": spread,
                "bound": bound},
    )  # fmt: skip


def _exactly_needed(lead: float) -> float:
    """Return the real m at which the exact binary error is the wanted one."""
    return root(lambda m: special.betainc(m, m, (1.0 - lead) / 2.0) - WANTED, 1.0, 1e5) * 2.0 - 1.0


def rates(size: Size) -> Outcome:
    """Hold decay rates and the normal form of pair flips against exact binomials."""
    del size
    rows = []
    for classes, eta in ((10, 0.8), (4, 0.6), (2, 0.4)):
        name = f"decay rate of the majority's error, {classes} classes, noise {eta:g}"
        predicted, exact = float(votes.decay_rate(eta, classes)), _exact_rate(eta, classes)
        reason = "the exact rate is extrapolated from finite numbers of labels"
        rows.append(Row(name, predicted, exact, allowance=1e-4, reason=reason))
    for classes in (2, 10):
        lead = 0.02
        eta = (1.0 - lead) * (classes - 1) / classes
        name = f"decay rate near the tip, K margin^2 / 4, {classes} classes, margin 0.02"
        predicted, exact = classes * lead**2 / 4.0, float(votes.decay_rate(eta, classes))
        order = (classes - 2) * lead / 2.0 + lead**2
        reason = "the next order of the expansion, (K - 2) margin / 2"
        rows.append(Row(name, predicted, exact, allowance=order, reason=reason))
    for eta, m in ((0.40, 101), (0.45, 401), (0.48, 1001)):
        exact = float(stats.binom.sf((m - 1) // 2, m, eta))
        name = f"majority error under pair flips, normal form, noise {eta:g}, {m} labels"
        reason = "counts are taken as normal: of order 1 / labels"
        found = Row(name, float(pair_flip_error(eta, m)), exact, allowance=4.0 / m, reason=reason)
        rows.append(found)
    return Outcome(rows=tuple(rows))


def _exact_rate(eta: float, classes: int, m: int = 3000) -> float:
    """Return the rate at which P(a wrong class beats the true one) falls from m to 2 m labels.

    A sum over the votes that fall on either class; the square root of m in front is divided out.
    """

    def log_chance(labels: int) -> float:
        p1, p2 = 1.0 - eta, eta / (classes - 1)
        both = np.arange(labels + 1)
        lost = stats.binom.logsf(both // 2, both, p2 / (p1 + p2))
        return float(special.logsumexp(stats.binom.logpmf(both, labels, p1 + p2) + lost))

    return (log_chance(m) - log_chance(2 * m) - 0.5 * np.log(2.0)) / m
