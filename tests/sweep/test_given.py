"""Tests for jaxuim/sweep/given.py: which canaries count as shown."""

import numpy as np
import pytest

from jaxuim import worlds
from jaxuim.measure import exposure
from jaxuim.sweep.evaluate import Evaluator
from jaxuim.sweep.plan import make_plan
from jaxuim.sweep.spec import Spec
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack

SAMPLES = 200
LOSSES = ("canary_losses", "reference_losses", "canaries_shown")


def test_exposure_is_that_of_the_canaries_which_the_slots_hold():
    raw = {
        "name": "it",
        "world": {"kind": "digits"},
        "bias": {"kind": "canaries", "level": [0.0, 0.5], "copies": 2},
        "model": {"kind": "mlp", "width": 8},
        "pretrain": {"samples": SAMPLES, "steps": 30},
    }
    shape = make_plan(Spec.from_dict(raw)).groups[0].shape
    ensemble = Ensemble(shape, worlds.build(shape.world), block=1)
    hyper = stack([0, 0], [0.0, 0.5], SAMPLES, 1e-2, dials=2.0)
    ((_, chunk),) = ensemble.train(hyper)
    found = Evaluator(ensemble, (("upstream", "none", "exposure"),), {}, LOSSES).evaluate(chunk)
    start, size = ensemble.spans[0]
    for run in (0, 1):
        losses, others, shown = (np.asarray(found.observed[name])[run] for name in LOSSES)
        held = np.asarray(chunk.slots.index)[run, :SAMPLES]
        np.testing.assert_array_equal(shown, np.isin(start + np.arange(size // 2), held))
        counted = losses[shown] if run else losses
        assert float(found.values[run, 0]) == pytest.approx(
            float(exposure(counted, others)), rel=1e-4
        )
    assert 0.2 < shown.mean() < 0.8
