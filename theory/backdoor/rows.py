"""Rows of attack success, trigger's score, margin and deviation: ridge, descent, network."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from theory.backdoor.descent import descent
from theory.backdoor.law import Attack, attack
from theory.backdoor.network import network_attack
from theory.backdoor.simulation import Poisoned, Setting, poisoned_ridge
from theory.backdoor.training import descended, trained_networks
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size

Array = NDArray[np.float64]
REASON = "mean field leaves out terms of relative order 1/n and 1/count^2"
# (field, words, allowed relative finite-size term)
FIELDS = (
    ("success", "attack success", 0.01),
    ("shift", "trigger's score", 0.005),
    ("margin", "clean margin", 0.001),
    ("deviation", "deviation of the clean score", 0.001),
)
COUNTS = (0, 5, 10, 20, 40, 60)
FINE = np.linspace(0.0, 60.0, 121)


class Case(NamedTuple):
    """A configuration of ridge regression, which of its counts get rows, and how often it runs."""

    setting: Setting
    shown: Sequence[int]
    repetitions: int


CASES = (
    Case(Setting(2000, 100.0, COUNTS, 50), (5, 20), 800),
    Case(Setting(20000, 100.0, COUNTS, 50), (20, 60), 800),
    Case(Setting(2000, 100.0, (0, 20), 400), (20,), 160),
    Case(Setting(4000, 50.0, COUNTS, 50, variance=0.05), (40,), 800),
    Case(Setting(16000, 50.0, COUNTS, 50, variance=0.05), (40,), 800),
)


def compare_ridge(size: Size) -> Outcome:
    """Hold the law of ridge regression against whole training sets at many counts."""
    rows: list[Row] = []
    curves: dict[str, Array] = {"fine": FINE, "counts": np.asarray(COUNTS, dtype=np.float64)}
    for setting, shown, repetitions in CASES:
        name = f"n = {setting.n}, d = {setting.d}" + (", v = 0.05" if setting.variance else "")
        found = poisoned_ridge(size.rng(name), setting, size.repetitions(repetitions))

        law = _law(setting.n, FINE, setting.penalty, setting.variance, setting.d)
        for count in shown:
            level = setting.counts.index(count)
            rows += _rows(f"{count} poisons, {name}", found, level, _at(law, FINE, count))
        if setting.counts == COUNTS:
            key = f"{setting.n} {setting.variance:g}"
            curves[f"success {key}"] = np.stack(mean_error(found.success))
            curves[f"theory {key}"] = np.asarray(law.success)
    return Outcome(rows=tuple(rows), curves=curves)


@partial(jax.jit, static_argnums=4)
def _law(n: Any, counts: Any, penalty: Any, variance: Any, d: int) -> Attack:
    """Return the law at many counts in one compiled program for each d."""
    return jax.vmap(lambda count: attack(n, count, penalty, d=d, variance=variance))(counts)


@partial(jax.jit, static_argnums=3)
def _network_law(n: Any, counts: Any, decay: Any, d: int) -> Attack:
    """Return the law of networks at many counts in one compiled program."""
    return jax.vmap(lambda count: network_attack(n, count, decay, d=d).attack)(counts)


def _at(law: Attack, counts: Array, count: float) -> Attack:
    """Return the law at one of the counts of a grid."""
    place = int(np.searchsorted(counts, count))
    return Attack(*(field[place] for field in law))


def _rows(words: str, found: Poisoned, level: int, law: Attack) -> list[Row]:
    """Return the four rows of one count."""
    rows = []
    for field, label, allowance in FIELDS:
        mean, error = mean_error(getattr(found, field)[:, level])
        predicted = float(getattr(law, field))
        name = f"{label}, {words}"
        rows.append(Row(name, predicted, float(mean), float(error), allowance, reason=REASON))
    return rows


def compare_descent(size: Size) -> Outcome:
    """Hold the trigger's score under gradient descent against real descent on drawn data."""
    rate, total = 0.05, 1000
    setting = Setting(3000, 0.0, (0, 10, 20, 30), 20)
    course = descended(size.rng("descent"), setting, size.repetitions(512), rate, total)
    counts = jnp.asarray(setting.counts[1:], dtype=float)
    by_count = jax.vmap(lambda count: descent(setting.n, count, rate, total, d=setting.d))
    _, law = jax.jit(by_count)(counts)
    rows, predicted = [], np.asarray(law)
    for level, steps in ((1, 200), (3, 200), (3, 1000)):
        mean, error = mean_error(course[steps - 1, :, level])
        name = f"trigger's score, {10 * level} poisons, {steps} steps of descent, n = {setting.n}"
        value = float(predicted[level - 1, steps - 1])
        rows.append(Row(name, value, float(mean), float(error), 0.005, reason=REASON))
    places = np.unique(np.geomspace(4, total, 14).astype(int)) - 1
    means, errors = mean_error(course[places, :, 1:], axis=1)
    curves = {
        "steps": places + 1.0,
        "shift": np.stack([means.T, errors.T]),
        "law steps": np.arange(1.0, total + 1),
        "law": predicted,
        "counts": np.asarray(counts, dtype=np.float64),
    }
    return Outcome(rows=tuple(rows), curves=curves)


# Clean samples and decay: their product is kept, and with it the penalty that decay amounts to.
NETWORKS = ((400, 0.1), (800, 0.05))


def compare_network(size: Size) -> Outcome:
    """Hold the ridge that weight decay gives against networks that SGD has trained."""
    rows: list[Row] = []
    curves: dict[str, Array] = {}
    for n, decay in NETWORKS:
        setting = Setting(n, 0.0, (0, 6, 12, 18, 24, 30), 10)
        rng, repetitions = size.rng(f"network {n}"), size.repetitions(128, least=16)
        found, _ = trained_networks(rng, setting, decay, repetitions, NETWORKS[-1][0])
        fine = np.linspace(0.0, setting.counts[-1], 61)
        predicted = _network_law(n, fine, decay, setting.d)
        for level in (1, 3):
            count = setting.counts[level]
            words = f"{count:g} poisons, linear network, n = {n}"
            rows += _rows(words, found, level, _at(predicted, fine, count))[:2]
        curves[f"success {n}"] = np.stack(mean_error(found.success))
        curves[f"theory {n}"] = np.asarray(predicted.success)
        curves["fine"], curves["counts"] = fine, np.asarray(setting.counts, dtype=np.float64)
    return Outcome(rows=tuple(rows), curves=curves)
