"""Tests for jaxuim/sweep/repairing.py: an injected noise is found, and what is kept is refilled."""

import jax
import numpy as np
import pytest

from jaxuim import worlds
from jaxuim.sweep.evaluate import Evaluator
from jaxuim.sweep.plan import make_plan
from jaxuim.sweep.repairing import repaired
from jaxuim.sweep.spec import Spec
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack

SAMPLES = 400
RATES = tuple(
    ("upstream", "none", f"{name}_noise_rate") for name in ("found", "expected", "remaining")
)


def raw(repair):
    return {
        "name": "it",
        "world": {"kind": "digits"},
        "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.3]},
        "model": {"kind": "mlp", "width": 8},
        "pretrain": {"samples": SAMPLES, "steps": 2, "repair": repair},
    }


@pytest.fixture(scope="module")
def before_and_after():
    """Runs at levels 0 and 0.3, before and after each repair."""
    found = {}
    for method in ("drop", "relabel"):
        shape = make_plan(Spec.from_dict(raw(method))).groups[0].shape
        ensemble = Ensemble(shape, worlds.build(shape.world), block=1)
        chunk = ensemble.begin(stack([0, 0], [0.0, 0.3], SAMPLES, 1e-3))
        found[method] = (ensemble, chunk, repaired(ensemble, chunk))
    return found


@pytest.mark.parametrize("method", ["drop", "relabel"])
def test_the_noise_is_found_and_most_of_it_goes(before_and_after, method):
    ensemble, before, after = before_and_after[method]
    found, expected = np.asarray(after.audited).T
    own = np.asarray(ensemble.pool.examples.label)
    labels, index = (
        np.asarray(field)[:, :SAMPLES] for field in (before.slots.label, before.slots.index)
    )
    truth = (labels != own[index]).mean(axis=1)
    spread = np.sqrt(0.3 * 0.7 / SAMPLES)
    assert truth[0] == 0 and abs(truth[1] - 0.3) < 5 * spread
    assert np.abs(found - truth).max() < 5 * spread
    labels, index = (
        np.asarray(field)[:, :SAMPLES] for field in (after.slots.label, after.slots.index)
    )
    left = (labels != own[index]).mean(axis=1)
    assert left[1] < truth[1] / 3 and np.abs(expected - left).max() < 0.1
    rates = Evaluator(ensemble, RATES, {})
    np.testing.assert_allclose(rates.evaluate(after).values, np.stack([found, expected, left], 1))
    plain = rates.evaluate(before)
    np.testing.assert_allclose(np.asarray(plain.values)[:, 2], truth, atol=1e-6)
    assert np.asarray(plain.status).tolist() == [[3, 3, 0], [3, 3, 0]]  # not audited


def test_a_run_that_cannot_be_audited_keeps_its_data_and_stops_no_other(before_and_after):
    ensemble, before, after = before_and_after["drop"]
    label = np.array(before.slots.label)
    label[1] = 3
    spoilt = before._replace(slots=before.slots._replace(label=ensemble.per_run(label)))
    done = repaired(ensemble, spoilt)
    assert np.isnan(done.audited[1]).all()
    np.testing.assert_allclose(done.audited[0], after.audited[0], atol=1e-6)
    kept, given = (jax.tree.map(lambda a: np.asarray(a)[1], c.slots) for c in (done, spoilt))
    jax.tree.map(np.testing.assert_array_equal, kept, given)
    outcome = Evaluator(ensemble, RATES, {}).evaluate(done)
    assert np.asarray(outcome.status)[1].tolist() == [3, 3, 0]


def test_dropping_keeps_the_number_of_slots_and_lowers_that_of_examples(before_and_after):
    _, before, after = before_and_after["drop"]
    assert np.asarray(after.per_class).sum(axis=1).tolist() == [SAMPLES, SAMPLES]
    assert np.asarray(after.distinct)[1] < 0.85 * np.asarray(before.distinct)[1]
    kept = np.asarray(after.slots.index)[1, :SAMPLES]
    assert set(kept) <= set(np.asarray(before.slots.index)[1, :SAMPLES])


def test_relabelling_keeps_every_example(before_and_after):
    _, before, after = before_and_after["relabel"]
    np.testing.assert_array_equal(before.slots.index, after.slots.index)


def test_repairs_are_axes_and_leave_the_ids_of_other_runs_alone():
    plain = {run.id for run in make_plan(Spec.from_dict(raw("none"))).runs}
    both = make_plan(Spec.from_dict(raw(["none", "drop"])))
    assert plain < {run.id for run in both.runs}
    assert len(both.groups) == 2
