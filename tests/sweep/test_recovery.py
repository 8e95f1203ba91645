"""Tests for jaxuim/sweep/recovery.py: a linear response, whose recovery is known by hand."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.sweep.recovery import recovery
from jaxuim.sweep.results import Results
from jaxuim.sweep.store import StoreError

LEVELS, SEEDS = (0.0, 0.2, 0.4), 5


def results(left, bonus=0.0, repairs=("none", "drop"), noise=0.0, rate=1.0, widths=(8,)):
    """Error = base + 2 q at noise rate q = ``rate`` b; a repair brings q down to ``left`` q.

    It wins back ``bonus`` more than that. The base differs between widths, by seed.
    """
    rng = np.random.default_rng(0)
    rows = []
    for seed, width in itertools.product(range(SEEDS), widths):
        base = rng.normal() + width
        for level, repair in itertools.product(LEVELS, repairs):
            now = rate * level * (1.0 if repair == "none" else left)
            value = base + 2 * now - bonus * (repair != "none") + noise * rng.normal()
            common = {"seed": seed, "bias.level": level, "pretrain.repair": repair}
            common |= {"step": 9, "pretrain.steps": 9, "status": "ok", "adaptation": "none"}
            common |= {"task": "upstream", "model.width": width}
            rows.append({**common, "measure": "error", "value": value})
            rows.append({**common, "measure": "remaining_noise_rate", "value": now})
            expected = now if repair != "none" else np.nan
            rows.append({**common, "measure": "expected_noise_rate", "value": expected})
    return Results(Path("here"), pd.DataFrame(rows), {}, {}, [])


@given(st.floats(0.0, 1.0), st.floats(0.1, 1.0))
def test_a_repair_that_does_what_it_expects_recovers_what_was_predicted(left, rate):
    """Whatever noise rate a level stands for, as that of swapped pairs stands for less."""
    table = recovery(results(left, rate=rate))
    assert list(table["level"]) == [0.2, 0.4] and (table["seeds"] == SEEDS).all()
    for _, row in table.iterrows():
        assert row["full"] == pytest.approx(2 * rate * row["level"])
        assert row["achieved"] == pytest.approx(2 * rate * row["level"] * (1 - left), abs=1e-9)
        assert row["difference"] == pytest.approx(0.0, abs=1e-9)


def test_other_axes_are_paired_and_do_not_count_as_seeds():
    one = recovery(results(0.5, bonus=0.3, noise=0.01))
    two = recovery(results(0.5, bonus=0.3, noise=0.01, widths=(8, 64)))
    assert (two["seeds"] == SEEDS).all() and len(two) == len(one)
    np.testing.assert_allclose(two["full"], [0.4, 0.8], atol=0.05)
    np.testing.assert_allclose(two["difference"], 0.3, atol=0.05)


def test_a_failed_audit_leaves_out_its_run_alone():
    made = results(0.5)
    lost = (made.frame["measure"] == "expected_noise_rate") & (made.frame["seed"] == 0)
    lost &= made.frame["bias.level"] == 0.4
    frame = made.frame.assign(value=made.frame["value"].mask(lost))
    table = recovery(Results(made.directory, frame, {}, {}, []))
    assert table["seeds"].tolist() == [SEEDS, SEEDS - 1]
    np.testing.assert_allclose(table["difference"], 0.0, atol=1e-9)


def test_the_difference_is_paired_and_has_an_interval():
    table = recovery(results(0.5, bonus=0.3, noise=0.01))
    assert (table["difference_lower"] > 0.2).all() and (table["difference_upper"] < 0.4).all()
    assert (table["achieved_lower"] < table["achieved"]).all()


def test_what_is_needed_is_said():
    with pytest.raises(StoreError, match="with and without"):
        recovery(results(0.5, repairs=("drop",)))
    with pytest.raises(StoreError, match="with and without"):
        recovery(results(0.5, repairs=("none",)))
    two = results(0.5)
    fewer = two.frame[two.frame["bias.level"] < 0.3]
    with pytest.raises(StoreError, match="at least 3 noise rates"):
        recovery(Results(two.directory, fewer, {}, {}, []))
    with pytest.raises(StoreError, match="at least 3 noise rates"):
        recovery(results(0.5, rate=0.0))  # the level is none of label noise
