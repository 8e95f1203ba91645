"""Tests for jaxuim/sweep/recovery.py: a linear response, whose recovery is known by hand."""

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


def results(left, bonus=0.0, repairs=("none", "drop"), noise=0.0):
    """Error = 1 + 2 b; a repair brings b down to ``left`` b, and ``bonus`` more than that."""
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(SEEDS):
        base = rng.normal()
        for level in LEVELS:
            for repair in repairs:
                now = level * (1.0 if repair == "none" else left)
                value = base + 2 * now - bonus * (repair != "none") + noise * rng.normal()
                common = {"seed": seed, "bias.level": level, "pretrain.repair": repair}
                common |= {"step": 9, "pretrain.steps": 9, "status": "ok", "adaptation": "none"}
                common |= {"task": "upstream"}
                rows.append({**common, "measure": "error", "value": value})
                if repair != "none":
                    expected = {"measure": "expected_noise_rate", "value": now}
                    rows.append({**common, **expected})
    return Results(Path("here"), pd.DataFrame(rows), {}, {}, [])


@given(st.floats(0.0, 1.0))
def test_a_repair_that_does_what_it_expects_recovers_what_was_predicted(left):
    table = recovery(results(left))
    assert list(table["level"]) == [0.2, 0.4] and (table["seeds"] == SEEDS).all()
    for _, row in table.iterrows():
        assert row["full"] == pytest.approx(2 * row["level"])
        assert row["achieved"] == pytest.approx(2 * row["level"] * (1 - left), abs=1e-9)
        assert row["difference"] == pytest.approx(0.0, abs=1e-9)


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
    with pytest.raises(StoreError, match="at least 3 levels"):
        recovery(Results(two.directory, fewer, {}, {}, []))
