"""Networks with free features trained by gradient descent: collapse, jump and tipping points."""

import jax
import numpy as np
from numpy.typing import NDArray

from jaxuim import laws
from theory.imbalance import depth, features
from theory.imbalance.trained import class_logits, keeping_costs, strengths, train
from theory.study.claim import Outcome, Row, Tip
from theory.study.size import Size
from theory.study.tipping import CONFIDENCE, study_tip, summarise

Array = NDArray[np.float64]
COLLAPSE = 9.5  # n* of two factors
LEVELS = np.arange(2, 25)
DEEP_LEVELS = np.arange(4, 21)
# n* of three factors: chosen between two counts, as an interval for a jump is no finer than them.
PLACES = (11.3, 11.1, 11.5, 11.7, 11.9)
DEEP = tuple((place / 4) ** (2 / 3) for place in PLACES)  # N c
NOISE = 0.1  # of a test input's coordinates, chosen so that errors scatter between counts
ROUNDING = "training is in 32 bit and stops after a finite number of steps"


def squared(size: Size) -> Outcome:
    """Two factors: the trained strengths, and the count at which noisy test inputs betray it."""
    levels = _levels(size, LEVELS)
    counts = (40, *(int(n) for n in levels))
    decay = np.sqrt(COLLAPSE) / sum(counts)
    found = strengths(train(counts, [decay], steps=500), counts)[0]
    predicted = np.asarray(features.singular_value(np.array(counts), COLLAPSE))
    rows = _rows("two factors, class of", counts, predicted, found, (4, 8, 10, 16, 24, 40))
    accuracy = features.pair_accuracy(found[1:], found[0], levels, NOISE)
    errors = _test_errors(size.rng("squared"), np.asarray(accuracy), 1500, size.studies)
    tip = study_tip(
        "class count at which test error leaves one half (two factors, trained)",
        "kink", levels, errors, COLLAPSE, asymptotic=COLLAPSE,
    )  # fmt: skip
    curves = {"levels": levels.astype(float), "strength": found[1:], "errors": errors[0]}
    return Outcome(rows=rows, tips=(tip,), curves=curves)


def jumping(size: Size) -> Outcome:
    """Three factors from strong and from weak weights: what is kept, what is better, what is not.

    A lost class is a local minimum whatever its count: the weak start keeps none. The strong start
    holds on to classes below n*; class by class, the better of both is that with the lower
    objective, computed from the trained factors. Weight decays differ between the strong networks,
    and n* with them.
    """
    levels = _levels(size, DEEP_LEVELS)
    counts = (40, *(int(n) for n in levels))
    decays = [scale / sum(counts) for scale in (*DEEP, DEEP[0])]
    starts = [2.5] * len(PLACES) + [0.02]
    factors = train(counts, decays, factors=3, starts=starts, optimizer="sgd", rate=0.04, steps=700)
    *strong, weak = np.abs(strengths(factors, counts))
    costs = [
        keeping_costs([factor[run] for factor in factors], counts, decays[run])
        for run in range(len(PLACES))
    ]
    wide = np.array(counts, dtype=np.float64)
    kept = np.asarray(jax.vmap(lambda n: depth.kept_strength(n, 3, 1, DEEP[0]))(wide))
    best = np.asarray(jax.vmap(lambda n: depth.deep_singular_value(n, 3, 1, DEEP[0]))(wide))
    better = [np.where(cost < 0, one, weak) for one, cost in zip(strong, costs, strict=True)]
    chosen = (4, 8, 10, 12, 14, 20, 40)
    rows = _rows("three factors, strong start, class of", counts, kept, strong[0], chosen)
    rows += _rows(
        "three factors, end of lower objective, class of", counts, best, better[0], chosen
    )
    rows += _rows("three factors, weak start, class of", counts, 0 * wide, weak, (10, 20, 40))
    tip = _jump(size, levels, better)
    curves = {"levels": levels.astype(float), "strong": strong[0][1:], "weak": weak[1:]}
    return Outcome(rows=rows, tips=(tip,), curves=curves | {"better": better[0][1:]})


def answered(size: Size) -> Outcome:
    """Cross-entropy: the gap of two equal classes in a network's sampled answers, over decay."""
    counts = (20, 20, 10, 10)
    level = np.linspace(0.2, 1.8, 20)  # decay over sqrt(n)/N, which is sqrt(n*/n)
    decays = level * np.sqrt(counts[-1]) / sum(counts)
    trained = train(counts, decays, objective="supervised", steps=600)
    logits = class_logits(trained, counts)
    p = np.exp(logits)
    p = p / p.sum(axis=1, keepdims=True)
    own, other = 0.5 * (p[:, 2, 2] + p[:, 3, 3]), 0.5 * (p[:, 3, 2] + p[:, 2, 3])
    gap = np.asarray(features.probability_gap(1.0, level**2))
    rows = [
        Row(f"gap, trained by cross-entropy, sqrt(n*/n) = {x:.3g}", g, o - b, None, 1e-4, 1e-4,
            ROUNDING)
        for x, g, o, b in zip(level[::3], gap[::3], own[::3], other[::3], strict=True)
    ]  # fmt: skip
    answers, rng = 500, size.rng("answered")
    odds = np.stack([own, other, np.maximum(1 - own - other, 0.0)], axis=1)
    drawn = rng.multinomial(answers, odds / odds.sum(1, keepdims=True), (size.studies, len(level)))
    seen = (drawn[..., 0] - drawn[..., 1]) / answers
    tip = study_tip(
        "weight decay at which sampled answers stop telling two classes apart (cross-entropy)",
        "kink", level, seen, 1.0, asymptotic=1.0,
    )  # fmt: skip
    curves = {"level": level, "gap": own - other, "seen": seen[0]}
    return Outcome(rows=tuple(rows), tips=(tip,), curves=curves)


def _jump(size: Size, levels: NDArray[np.int64], better: list[Array]) -> Tip:
    """Return how often the jump is covered, wherever between two counts it lies.

    An interval for a jump cannot be finer than the levels around it. Every network has an n* of its
    own; intervals are shown relative to the first.
    """
    rng, found = size.rng("jumping"), []
    for strength, place in zip(better, PLACES, strict=True):
        accuracy = np.asarray(features.pair_accuracy(strength[1:], strength[0], levels, NOISE))
        errors = _test_errors(rng, accuracy, 4000, size.studies // len(PLACES))
        move = PLACES[0] - place
        for point in laws.tipping_points(levels, errors, confidence=CONFIDENCE):
            ends = None if point.interval is None else [end + move for end in point.interval]
            where = None if point.location is None else point.location + move
            found.append((where, None if ends is None else (ends[0], ends[1]), point.kind))
    return summarise(
        "class count at which test error leaves one half (three factors, the trained end of lower "
        "objective)",
        "jump", PLACES[0], PLACES[0], found,
    )  # fmt: skip


def _levels(size: Size, levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the class counts of one network: every second at quick size."""
    return levels[::2] if size.name == "quick" else levels


def _rows(
    name: str, counts: tuple[int, ...], predicted: Array, found: Array, chosen: tuple[int, ...]
) -> tuple[Row, ...]:
    places = [counts.index(count) for count in chosen]
    return tuple(
        Row(f"strength, {name} {counts[k]}", float(predicted[k]), float(found[k]), None, 1e-4,
            1e-4, ROUNDING)
        for k in places
    )  # fmt: skip


def _test_errors(rng: np.random.Generator, accuracy: Array, tests: int, studies: int) -> Array:
    """Return test errors of a class against the largest one, on so many noisy inputs a level."""
    right = rng.binomial(tests, np.clip(accuracy, 0.0, 1.0), (studies, len(accuracy)))
    return np.asarray(1.0 - right / tests)
