"""Stored outcomes come back as they were, and only for what they were computed from."""

from pathlib import Path

import numpy as np
import pytest

from theory.runner import store
from theory.study.claim import Exponent, Outcome, Row, Speed, Tip
from theory.study.size import Size

OUTCOME = Outcome(
    rows=(Row("a", 1.0, np.float64(1.1), 0.1), Row("b", 0.0, float("nan"), holds=False)),
    tips=(Tip("t", "kink", 0.5, None, 0.4, (0.3, 0.6), 1, 1, 1, 0.3, kinds={"kink": 1}),),
    exponents=(Exponent("e", 0.5, 0.5, 0.51, (0.4, 0.6), 1, 1),),
    speeds=(Speed("s", 1e-6, 1e-3),),
    curves={"x": np.arange(3.0), "table": np.array([[1.0, np.nan], [np.inf, 2.0]])},
)


def test_round_trip(tmp_path):
    path = store.path_of(tmp_path, Size(), "M1", "A part")
    store.save(path, "key", OUTCOME, 2.5)
    back = store.read(path, "key")
    assert back is not None
    assert back.seconds == 2.5
    assert back.outcome.tips == OUTCOME.tips
    assert back.outcome.exponents == OUTCOME.exponents
    assert back.outcome.speeds == OUTCOME.speeds
    assert back.outcome.rows[0] == OUTCOME.rows[0]
    assert np.isnan(back.outcome.rows[1].simulated)
    for name, values in OUTCOME.curves.items():
        np.testing.assert_array_equal(back.outcome.curves[name], values)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"key": "key"}', '{"key": "other"}'])
def test_damaged_or_foreign_files_are_as_good_as_none(tmp_path, content):
    path = tmp_path / "part.json"
    path.write_text(content)
    assert store.read(path, "key") is None


def test_no_file_is_none(tmp_path):
    assert store.read(tmp_path / "nothing.json", "key") is None


def test_keys_tell_size_seed_part_and_claim_apart():
    keys = {
        store.key_of("ridge", "a", Size("quick")),
        store.key_of("ridge", "b", Size("quick")),
        store.key_of("ridge", "a", Size("standard")),
        store.key_of("ridge", "a", Size("quick", seed=1)),
        store.key_of("transfer", "a", Size("quick")),
    }
    assert len(keys) == 5


def test_sizes_and_seeds_do_not_replace_each_other(tmp_path):
    places = {
        store.path_of(tmp_path, size, "M1", "part")
        for size in (Size(), Size("quick"), Size(seed=1), Size("full"))
    }
    assert len(places) == 4


@pytest.mark.parametrize("parent", [".", "report", "cli"])
def test_keys_depend_on_sources_but_not_on_looks(tmp_path, monkeypatch, parent):
    """Changing a figure computes nothing again; changing a simulation does, wherever it lies."""
    root = tmp_path / parent / "theory"
    for name in (*store.SHARED, "mine"):
        (root / name).mkdir(parents=True)
        (root / name / "prediction.py").write_text("x = 1\n")
    (root / "study").mkdir()
    for name in store.STUDY:
        (root / "study" / name).write_text("\n")
    (root / "__init__.py").write_text("")
    monkeypatch.setattr(store.theory, "__file__", str(root / "__init__.py"))
    key = _fresh_key()
    (root / "mine" / "figure.py").write_text("colour = 1\n")
    assert _fresh_key() == key
    (root / "mine" / "prediction.py").write_text("x = 2\n")
    assert _fresh_key() != key


def _fresh_key() -> str:
    store._sources.cache_clear()
    try:
        return store.key_of("mine", "part", Size())
    finally:
        store._sources.cache_clear()


def test_part_names_become_file_names():
    assert store.path_of(Path("o"), Size(), "M3", "η tipping / R²").name.isascii()
