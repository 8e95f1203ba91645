"""Tests for benchmarks: the work is what it is said to be, and cheating is noticed."""

import numpy as np
import pytest

from benchmarks import ours
from benchmarks.work import draw_work, flops_per_model_step, verify


def test_a_model_step_is_8_88_million_operations():
    assert flops_per_model_step() == 8_880_128


def test_the_engine_does_the_work():
    work = draw_work(models=2, steps=30)
    job = ours.prepare(work)
    weights = job.collect(job.run())
    assert [kernel.shape for kernel, _ in weights] == [(2, 64, 128), (2, 128, 128), (2, 128, 10)]
    result = job.run()
    seen = job.labels(result)
    assert np.mean(seen[0] != work.clean) == 0.0  # levels 0 and 1
    assert np.mean(seen[1] != work.clean) == 1.0
    assert verify(work._replace(labels=seen), job.collect(result)) < np.log(10)


def test_models_that_did_not_learn_or_are_copies_are_noticed():
    work = draw_work(models=2, steps=1)
    with pytest.raises(ValueError, match="did not fall"):
        verify(work, work.weights)
    job = ours.prepare(draw_work(models=2, steps=30))
    copied = [(kernel[[0, 0]], bias[[0, 0]]) for kernel, bias in job.collect(job.run())]
    with pytest.raises(ValueError, match="same final weights"):
        verify(work._replace(labels=work.labels[[0, 0]]), copied)
