"""Curves: intervals by hand, effects paired by seed, transmission."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jaxuim.report.curves import effects, paired, responses, stepwise, summarise, transmissions
from jaxuim.report.grid import SERIES, arrange, select
from jaxuim.sweep import Results

WANTED = {"task": "far_ood", "adaptation": "linear_probe", "measure": "error"}


def test_an_interval_equals_students_by_hand(small: Results) -> None:
    grid = arrange(small.frame, "bias.level", "error")
    row = select(responses(grid, 0.9), {**WANTED, "bias.level": 0.5}).iloc[0]
    values = select(small.frame, {**WANTED, "bias.level": 0.5})["value"]
    half = stats.t.ppf(0.95, 3) * values.std(ddof=1) / 2
    assert row["seeds"] == 4
    np.testing.assert_allclose(row["mean"], values.mean())
    np.testing.assert_allclose(
        [row["lower"], row["upper"]], values.mean() + half * np.array([-1, 1])
    )


def test_effects_are_paired_by_seed_whatever_the_order_of_rows(small: Results) -> None:
    rows = select(small.frame, WANTED)
    by_level = rows.pivot(index="seed", columns="bias.level", values="value")
    expected = (by_level[1.0] - by_level[0.0]).to_numpy()
    shuffled = small.frame.sample(frac=1, random_state=1)
    table = effects(arrange(shuffled, "bias.level", "error"), 0.95)
    row = select(table, {**WANTED, "bias.level": 1.0}).iloc[0]
    half = stats.t.ppf(0.975, 3) * expected.std(ddof=1) / 2
    np.testing.assert_allclose(row["mean"], expected.mean())
    np.testing.assert_allclose(row["upper"], expected.mean() + half)
    unpaired = np.sqrt(by_level[1.0].var() / 4 + by_level[0.0].var() / 4) * stats.t.ppf(0.975, 3)
    assert abs(half - unpaired) > 1e-4  # the two would differ, so the test can tell them apart


def test_an_effect_without_its_clean_partner_is_dropped(small: Results) -> None:
    gone = (small.frame["seed"] == 2) & (small.frame["bias.level"] == 0)
    grid = arrange(small.frame[~gone], "bias.level", "error")
    row = select(effects(grid, 0.95), {**WANTED, "bias.level": 1.0}).iloc[0]
    assert row["seeds"] == 3


def test_pairs_agree_in_every_other_axis(sweep: Callable[..., Results]) -> None:
    frame = sweep(levels=(0.0, 1.0), widths=(8, 16), seeds=2).frame
    rows = paired(frame, ("bias.level", "model.width", "pretrain.samples"), ("bias.level",))
    row = rows[(rows["bias.level"] == 1) & (rows["model.width"] == 16)].iloc[0]
    keys = ("seed", "model.width", "pretrain.samples", *SERIES)
    same = select(frame, {k: row[k] for k in keys}).set_index("bias.level")["value"]
    assert row["value"] == pytest.approx(same[1.0] - same[0.0])


def test_two_biases_are_compared_with_the_run_that_has_neither() -> None:
    grid = [(a, b) for a in (0.0, 1.0) for b in (0.0, 1.0)]
    rows = pd.DataFrame(grid, columns=["bias.level", "bias2.level"])
    rows = rows.assign(seed=0, task="id", adaptation="none", measure="error", value=[1.0, 3, 5, 10])
    found = paired(rows, ("bias.level", "bias2.level"), ("bias.level", "bias2.level"))
    assert found["value"].tolist() == [0, 2, 4, 9]


def test_one_seed_has_a_mean_and_no_interval() -> None:
    table = summarise(pd.DataFrame({"x": [1], "seed": [0], "value": [2.0]}), ["x"])
    assert table["mean"].tolist() == [2.0]
    assert table[["lower", "upper"]].isna().all().all()


def test_transmission_is_the_ratio_of_mean_effects(small: Results) -> None:
    grid = arrange(small.frame, "bias.level", "error")
    table = transmissions(grid, 0.95)
    row = select(table, {"task": "id", "adaptation": "finetune", "bias.level": 1.0}).iloc[0]
    mean = effects(grid, 0.95).set_index([*SERIES, "bias.level"])["mean"]
    ratio = mean["id", "finetune", "error", 1.0] / mean["upstream", "none", "error", 1.0]
    assert row["ratio"] == pytest.approx(ratio)
    assert row["lower"] < ratio < row["upper"]
    assert (table["bias.level"] > 0).all()


def test_transmission_is_null_without_an_upstream_effect(small: Results) -> None:
    frame = small.frame.copy()
    upstream = frame["task"] == "upstream"
    frame.loc[upstream, "value"] = 0.1 + 0.01 * frame["seed"] * (-1) ** (frame["bias.level"] * 4)
    table = transmissions(arrange(frame, "bias.level", "error"), 0.95)
    assert table["ratio"].isna().all()
    assert set(table["status"]) == {"no_upstream_effect"}


def test_training_steps_become_an_axis(small: Results) -> None:
    early = small.frame.assign(step=100, value=small.frame["value"] + 1)
    grid = arrange(pd.concat([early, small.frame]), "bias.level", "error")
    table, _, axes = stepwise(grid, 0.95)
    assert axes == ("bias.level", "step")
    means = select(table, {**WANTED, "bias.level": 0.0}).set_index("step")["mean"]
    assert means[100] == pytest.approx(means[500] + 1)
    assert set(grid.final["step"]) == {500}
