"""Networks with free features held against theory, minimised outright."""

import jax
import numpy as np
from jax.typing import ArrayLike
from scipy import optimize

from theory.imbalance import depth, features
from theory.imbalance.minimise import Array, best_network, product
from theory.study.claim import Exponent, Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size

COUNTS, COLLAPSE, RATIO = (60, 30, 12, 5), 8.0, 1.7469  # RATIO: decay of features over classifier
PAIRS = ((40, 8), (40, 4), (20, 10))  # samples of two large and of two small classes
CLASSES, EQUAL, ANSWERS = 4, 8, 10_000  # equal classes, samples of each; answers of a seed
SPREAD = 1e-4  # between classifier rows: far below any that is alive, far above what is left
DEEP = 2 ** (2 / 3)  # N c at which three factors have n* = 8
SHOWN = (11.3 / 4) ** (2 / 3)  # N c of the figure: that of the trained networks
REST = "the minimiser stops at a gradient of 1e-12"


def shallow(size: Size) -> Outcome:
    """Two factors and squared error: singular values, logits and the classifier's rows."""
    rng, total = size.rng("shallow"), sum(COUNTS)
    classifier = np.sqrt(COLLAPSE / RATIO) / total
    hidden = classifier * RATIO
    found = best_network(COUNTS, [hidden, classifier], rng)
    logits, rows = product(found), []
    values = np.linalg.svd(logits, compute_uv=False)
    collapse = features.collapse_count(total, classifier, hidden)
    ends = np.cumsum(COUNTS)
    for k, count in enumerate(COUNTS):
        own = float(logits[k, ends[k] - count : ends[k]].mean())
        squared = float(np.sum(found[-1][k] ** 2))
        strength = features.singular_value(count, collapse)
        norm = features.classifier_norm(count, total, classifier, hidden)
        rows += [
            _exact(f"strength of a class of {count}, n* = 8", strength, values[k]),
            _exact(f"logit gain of a class of {count}", features.logit_gain(count, collapse), own),
            _exact(f"squared classifier row of a class of {count}", norm, squared),
        ]
    return Outcome(rows=tuple(rows))


def crossed(size: Size) -> Outcome:
    """Cross-entropy: two classes of one size are told apart above n* only, by a known gap."""
    rng, rows = size.rng("crossed"), []
    for large, small in PAIRS:
        for ratio in (0.9, 0.98, 1.02, 1.1):
            gap, apart = _pair((large, large, small, small), ratio * small, rng)
            name = f"two classes of {small} beside two of {large}, n*/n = {ratio}"
            rows.append(Row(f"told apart: {name}", float(ratio < 1), float(apart > SPREAD)))
            predicted = float(features.probability_gap(1.0, ratio))
            rows.append(Row(f"gap: {name}", predicted, gap, floor=1e-6, reason=REST))
    spread_rows, studied, curves = _equal(size, rng)
    return Outcome(rows=(*rows, *spread_rows), exponents=(studied,), curves=curves)


def _equal(size: Size, rng: np.random.Generator) -> tuple[list[Row], Exponent, dict[str, Array]]:
    """Return how far apart minimised networks put equal classes, and its exponents.

    The distance of classifier rows is compared without noise; log-odds are those of answers that
    are sampled from the networks' own probabilities.
    """
    above = np.geomspace(0.05, 0.5, 12)  # n/n* - 1
    decays = np.sqrt(EQUAL / (1 + above)) / (CLASSES * EQUAL)
    networks = [_gap((EQUAL,) * CLASSES, decay, rng) for decay in decays]
    spread = np.array([apart for *_, apart in networks])
    rows_of = jax.vmap(lambda decay: features.row_distance(EQUAL, CLASSES, decay, decay))
    predicted = np.asarray(rows_of(decays))
    rows = [
        Row(f"distance of the rows of four equal classes, n/n* - 1 = {above[k]:.3g}",
            float(predicted[k]), float(spread[k]), None, 1e-5, reason=REST)
        for k in (0, 5, 11)
    ]  # fmt: skip
    slopes = [np.polyfit(np.log(above[:4]), np.log(y[:4]), 1)[0] for y in (predicted, spread)]
    name = "exponent of that distance, fitted to the four levels next to n* (limit 1/2)"
    rows.append(Row(name, float(slopes[0]), float(slopes[1]), None, 1e-5, reason=REST))
    own = np.array([p for p, *_ in networks])
    right = rng.binomial(ANSWERS, own, (size.studies, 12, len(above)))
    seen = np.log((CLASSES - 1) * right / (ANSWERS - right))
    theory = np.asarray(features.logit_gap(1.0 + above, 1.0, CLASSES))
    studied = study_exponent(
        "log-odds of the own class in sampled answers against n/n* - 1", above, theory, seen,
        asymptotic=-1.0,
    )  # fmt: skip
    curves = {"above": above, "theory": theory, "seen": seen[0].mean(0)}
    return rows, studied, curves | {"fit": np.array([studied.fitted])}


def deep(size: Size) -> Outcome:
    """Three factors minimised with restarts; threshold and jump of up to six by minimisation."""
    rng, total, rows = size.rng("deep"), sum(COUNTS), []
    found = best_network(COUNTS, [DEEP / total] * 3, rng, restarts=4, scale=1.0)
    values = np.linalg.svd(product(found), compute_uv=False)
    for count, value in zip(COUNTS, values, strict=True):
        predicted = depth.deep_singular_value(count, 3, 1, DEEP)
        name = f"strength of a class of {count}, three factors, n* = 8"
        rows.append(Row(name, float(predicted), float(value), None, 1e-6, 1e-6, REST))
    for factors in (3, 4, 6):
        threshold, strength, end = _brute(factors)
        pairs = (
            ("class count at the jump", depth.deep_collapse_count, threshold),
            ("strength at the jump", depth.jump_size, strength),
            ("least count of a kept class", depth.metastable_count, end),
        )
        for label, prediction, searched in pairs:
            closed = float(prediction(factors, 1, 2.0))
            label = f"{label}, {factors} factors"
            rows.append(Row(label, closed, searched, None, 1e-6, reason="search"))
    counts = np.linspace(1.0, 30.0, 400)
    curves = {"counts": counts, "two": np.asarray(features.singular_value(counts, 9.5))}
    for factors, name in ((3, "three"), (4, "four")):
        best = jax.vmap(lambda n, m=factors: depth.deep_singular_value(n, m, 1, SHOWN))
        kept = jax.vmap(lambda n, m=factors: depth.kept_strength(n, m, 1, SHOWN))
        curves |= {name: np.asarray(best(counts)), f"{name} kept": np.asarray(kept(counts))}
    return Outcome(rows=tuple(rows), curves=curves)


def _exact(name: str, predicted: ArrayLike, simulated: float) -> Row:
    return Row(name, float(np.asarray(predicted)), float(simulated), None, 1e-7, 1e-7, REST)


def _pair(
    counts: tuple[int, ...], collapse: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the probability gap and the distance of classifier rows of the two last classes."""
    own, other, apart = _gap(counts, float(np.sqrt(collapse)) / sum(counts), rng)
    return own - other, apart


def _gap(
    counts: tuple[int, ...], decay: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return p(own), p(of the class before) and the distance of their rows, last class."""
    factors = best_network(counts, [decay] * 2, rng, loss="cross_entropy")
    logits = product(factors)[:, -1]
    p: Array = np.exp(logits - logits.max())
    p = p / p.sum()
    return float(p[-1]), float(p[-2]), float(np.linalg.norm(factors[-1][-1] - factors[-1][-2]))


def _brute(factors: int) -> tuple[float, float, float]:
    """Return the count and strength at the jump and the least count kept, by search, N c = 2.

    Nothing but the objective is used: its least value over strengths s = r^M is found by a search
    on a grid and refined; the count is that at which it reaches the value of a lost class.
    """

    def value(r: float, count: float) -> float:
        s = r**factors
        return 0.5 * s**2 - s * np.sqrt(count) + factors * r**2

    def bottom(count: float) -> float:
        grid = np.linspace(0.5, 2.5, 400)
        start = grid[np.argmin([value(r, count) for r in grid])]
        bracket = (start - 0.02, start + 0.02)
        options = {"xatol": 1e-12}
        result = optimize.minimize_scalar(
            value, bounds=bracket, args=(count,), method="bounded", options=options
        )
        return float(result.x)

    threshold = optimize.brentq(lambda n: value(bottom(n), n), 5.0, 40.0, xtol=1e-11)
    strength = bottom(threshold) ** factors
    # A strength s is stationary at sqrt(n) = s + 2 s^(2/M - 1): the least such n ends the range.
    least = optimize.minimize_scalar(
        lambda s: s + 2.0 * s ** (2 / factors - 1), bounds=(0.1, 5.0), method="bounded",
        options={"xatol": 1e-12},
    )  # fmt: skip
    return float(threshold), float(strength), float(least.fun**2)
