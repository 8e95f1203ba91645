"""Parts that raise and processes that die leave the others alone."""

import importlib
import sys

import pytest

from theory.runner import run
from theory.runner.run import Job

CALLS = '''
"""What workers are asked to do here."""

import os
from pathlib import Path


def touch(path):
    Path(path).write_text("done")


def fail(reason):
    raise RuntimeError(reason)


def die_once(marker):
    if not Path(marker).exists():
        Path(marker).write_text("died")
        os._exit(9)


def die():
    os._exit(9)
'''

pytestmark = pytest.mark.slow


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """A module that worker processes can import, which they cannot a test."""
    (tmp_path / "calls_of_test_run.py").write_text(CALLS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("calls_of_test_run")
    del sys.modules["calls_of_test_run"]


@pytest.fixture
def outcome(tmp_path, calls):
    """Run a broken job among three good ones; return the failures and how many good ones ran."""

    def among(broken):
        good = [Job(f"good {i}", 1.0, calls.touch, (str(tmp_path / str(i)),)) for i in range(3)]
        found = run._all([good[0], broken, *good[1:]], 1, run._Bar(None, 1.0))
        return found, sum((tmp_path / str(i)).exists() for i in range(3))

    return among


def test_a_part_that_raises_is_named_and_the_others_go_on(outcome, calls):
    found, done = outcome(Job("bad", 1.0, calls.fail, ("out\n of luck",)))
    assert [(f.name, f.reason) for f in found] == [("bad", "RuntimeError: out of luck")]
    assert done == 3


def test_a_process_that_dies_once_costs_nothing(outcome, calls, tmp_path):
    found, done = outcome(Job("dies once", 1.0, calls.die_once, (str(tmp_path / "marker"),)))
    assert found == []
    assert done == 3


def test_a_process_that_always_dies_fails_alone(outcome, calls):
    found, done = outcome(Job("dies", 1.0, calls.die, ()))
    assert [f.name for f in found] == ["dies"]
    assert "died twice" in found[0].reason
    assert done == 3
