"""Tests for jaxuim/sweep/expectations.py: statistics by hand, verdicts, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.sweep.expect import Expect
from jaxuim.sweep.expectations import check

SEEDS, LEVELS, WIDTHS = 6, (0.0, 0.5, 1.0), (8, 32)


def expect(**settings):
    usual = {"name": "it", "measure": "error", "statistic": "mean", "expected": "positive"}
    return Expect.model_validate({**usual, **settings})


def frame(value, noise=0.1, seed=0):
    """Rows with error = value(level, width) plus noise of each seed and row."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "seed": s,
            "bias.level": b,
            "model.width": w,
            "step": 10,
            "pretrain.steps": 10,
            "task": task,
            "measure": "error",
            "status": "ok",
            "value": value(b, w) + noise * rng.normal() + (task == "far_ood"),
        }
        for s in range(SEEDS)
        for b in LEVELS
        for w in WIDTHS
        for task in ("id", "far_ood")
    ]
    return pd.DataFrame(rows)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_statistics_recover_a_noiseless_response(slope, tilt):
    rows = frame(lambda b, w: slope * b + tilt * np.log(w), noise=0.0)
    level = {"axis": "bias.level"}
    wanted = {
        "slope": (expect(statistic="slope", **level), slope),
        "effect": (expect(statistic="effect", **level), 0.75 * slope),
        "log slope": (expect(statistic="slope", axis="model.width", log=True), tilt),
        "contrast": (expect(where={"task": "far_ood"}, versus={"task": "id"}), 1.0),
        "sum": (
            expect(
                statistic="coefficient",
                axes=["model.width", "bias.level"],
                log=True,
                of=["model.width", "bias.level"],
            ),
            tilt + 0.5 * slope / np.log(2),
        ),
    }
    for name, (one, value) in wanted.items():
        (found,) = check(rows, [one])
        assert found.estimate == pytest.approx(value, abs=1e-9), name


def test_two_measures_are_compared():
    rows = frame(lambda *_: 1.0, noise=0.0)
    twice = rows.assign(measure="nll", value=3 * rows["value"])
    both = expect(where={"task": "id"}, versus={"measure": "nll"}, expected="negative")
    (found,) = check(pd.concat([rows, twice], ignore_index=True), [both])
    assert found.estimate == pytest.approx(-2.0) and found.verdict == "holds"


def test_the_interval_is_that_of_the_t_test_over_seeds():
    rows = frame(lambda b, _: b, noise=1.0)
    (found,) = check(rows, [expect(where={"task": "id", "model.width": 8})])
    means = (
        rows[(rows["task"] == "id") & (rows["model.width"] == 8)].groupby("seed")["value"].mean()
    )
    known = stats.ttest_1samp(means, 0.0).confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((known.low, known.high))
    assert found.seeds == SEEDS


def test_the_place_of_a_minimum_is_compared_in_pairs():
    rows = frame(lambda b, w: (b - (0.5 if w == 8 else 1.0)) ** 2, noise=0.0)
    later = expect(
        statistic="argmin", axis="bias.level", where={"model.width": 32}, versus={"model.width": 8}
    )
    (found,) = check(rows, [later])
    assert found.estimate == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("shift", "expected", "verdict"),
    [
        (1.0, "positive", "holds"),
        (1.0, "negative", "fails"),
        (0.0, "positive", "open"),
        (0.0, "zero", "holds"),
        (1.0, "zero", "fails"),
        (0.35, "zero", "open"),
    ],
)
def test_verdicts(shift, expected, verdict):
    rows = frame(lambda *_: shift, noise=0.3)
    one = expect(expected=expected, tolerance=0.4, where={"task": "id"})
    (found,) = check(rows, [one])
    assert found.verdict == verdict
    assert verdict in found.sentence and "6 seeds" in found.sentence


def test_what_cannot_be_computed_is_open_and_says_why():
    rows = frame(lambda *_: 1.0)
    (no_column,) = check(rows, [expect(where={"model.depth": 2})])
    assert no_column.verdict == "open" and "no column 'model.depth'" in no_column.sentence
    (no_row,) = check(rows, [expect(where={"task": "near_ood"})])
    assert no_row.verdict == "open" and "no row" in no_row.reason
    (few,) = check(rows[rows["seed"] < 2], [expect()])
    assert few.verdict == "open" and "2 seeds" in few.reason


def test_a_diverged_run_takes_its_seed_out_and_never_counts_as_good():
    rows = frame(lambda *_: 1.0)
    rows.loc[rows.index[rows["seed"] == 0][:1], "status"] = "diverged"
    (found,) = check(rows, [expect()])
    assert found.seeds == SEEDS - 1


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"statistic": "slope"}, "axis"),
        ({"statistic": "coefficient"}, "axes"),
        ({"statistic": "coefficient", "axes": ["a"], "of": ["b"]}, "of"),
        ({"expected": "zero"}, "tolerance"),
    ],
)
def test_settings_that_lack_another_say_so(settings, key):
    assert expect(**settings).problem()[0] == key


def test_seeds_that_an_interruption_left_incomplete_do_not_count():
    rows = frame(lambda b, _: 10 * b, noise=0.01)
    cut = rows[(rows["seed"] < 4) | (rows["bias.level"] == 0)]
    for statistic in ("mean", "effect", "slope"):
        axis = {} if statistic == "mean" else {"axis": "bias.level"}
        (found,) = check(cut, [expect(statistic=statistic, **axis)])
        (whole,) = check(rows[rows["seed"] < 4], [expect(statistic=statistic, **axis)])
        assert found == whole and found.seeds == 4


@pytest.mark.parametrize(
    "settings",
    [
        {"where": {"task": 3.0}},
        {"where": {"task": ["id"]}},
        {"where": {"bias.level": "high"}},
        {"statistic": "slope", "axis": "task"},
        {"statistic": "argmin", "axis": "task"},
        {"statistic": "coefficient", "axes": ["bias.level", "task"], "of": ["bias.level"]},
    ],
)
def test_what_makes_no_sense_of_results_is_open(settings):
    (found,) = check(frame(lambda *_: 1.0), [expect(**settings)])
    assert found.verdict == "open" and found.reason


SETTINGS = {"bias.level": (0.0, 0.5), "pretrain.repair": ("none", "drop"), "world.noisy": (True,)}


@pytest.mark.parametrize(
    ("settings", "key", "sentence"),
    [
        ({"where": {"task": 3.0}}, "where.task", "must be text in quotes"),
        ({"where": {"bias.level": "high"}}, "where.bias.level", "must be a number"),
        ({"versus": {"world.noisy": 1}}, "versus.world.noisy", "must be true or false"),
        ({"where": {"taks": "id"}}, "where.taks", "did you mean 'task'?"),
        ({"where": {"measure": "errror"}}, "where.measure", "did you mean 'error'?"),
        ({"measure": "errror"}, "measure", "did you mean 'error'?"),
        ({"statistic": "slope", "axis": "bias.levle"}, "axis", "did you mean 'bias.level'?"),
        ({"statistic": "slope", "axis": "pretrain.repair"}, "axis", "must hold numbers"),
        (
            {"statistic": "coefficient", "axes": ["bias.level", "task"], "of": ["task"]},
            "axes",
            "must hold numbers",
        ),
        (
            {"statistic": "argmin", "axis": "bias.level", "measure": "lira_tpr"},
            "measure",
            "compares all runs",
        ),
    ],
)
def test_the_planner_refuses_what_no_results_could_answer(settings, key, sentence):
    found = expect(**settings).mismatch(SETTINGS, ("error", "nll", "lira_tpr"))
    assert found[0] == key and sentence in found[1]
    good = expect(where={"task": "id", "bias.level": 0, "world.noisy": True, "seed": 2})
    assert good.mismatch(SETTINGS, ("error",)) is None


@pytest.mark.parametrize("value", [["id"], {"level": 0.5}, None])
def test_a_selection_is_of_single_values(value):
    key, sentence, found = expect(versus={"bias": value}).problem()
    assert (key, found) == ("versus.bias", value) and "one text, number" in sentence
