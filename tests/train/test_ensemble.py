"""Tests for jaxuim/train/ensemble.py and blocks.py: many runs equal single runs."""

from collections import Counter

import jax
import numpy as np
import pytest

from jaxuim.train.blocks import make_mesh, padded
from jaxuim.train.ensemble import TRACES, Ensemble
from jaxuim.train.hyper import stack

LEVELS = np.linspace(0, 1, 6)


def hypers(seeds=(0, 1, 0, 1, 2, 2)):
    return stack(seeds, LEVELS, [60, 60, 30, 30, 60, 10], 1e-2)


def finals(ensemble, hyper):
    ((_, chunk),) = ensemble.train(hyper)
    return chunk


def assert_close(one, other, rtol=2e-4, atol=2e-5):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(np.asarray(a)[:6], np.asarray(b)[:6], rtol=rtol, atol=atol)


@pytest.mark.parametrize("block", [2, 3, 6, 8])
def test_blocks_change_only_rounding(tiny_world, make_shape, block):
    alone = finals(Ensemble(make_shape(), tiny_world, block=1), hypers())
    together = finals(Ensemble(make_shape(), tiny_world, block=block), hypers())
    assert_close(alone.state.params, together.state.params)
    np.testing.assert_array_equal(alone.distinct[:6], together.distinct[:6])


def test_each_member_equals_its_run_alone(tiny_world, make_shape):
    ensemble = Ensemble(make_shape(), tiny_world, block=1)
    together = finals(ensemble, hypers())
    for k in range(6):
        alone = finals(ensemble, stack(*(np.asarray(a)[k : k + 1] for a in hypers())))
        for a, b in zip(
            jax.tree.leaves(together.state.params), jax.tree.leaves(alone.state.params), strict=True
        ):
            np.testing.assert_array_equal(np.asarray(a)[k], np.asarray(b)[0])


def test_the_order_and_the_company_of_runs_change_nothing(tiny_world, make_shape):
    ensemble = Ensemble(make_shape(), tiny_world, block=2)
    plain = finals(ensemble, hypers()).state.params
    turned = finals(ensemble, stack(*(np.asarray(a)[::-1] for a in hypers()))).state.params
    for a, b in zip(jax.tree.leaves(plain), jax.tree.leaves(turned), strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b)[::-1])


def test_one_trace_a_shape_and_none_on_the_second_call(tiny_world, make_shape):
    shape = make_shape(width=5)
    ensemble = Ensemble(shape, tiny_world, block=1)
    finals(ensemble, hypers())
    compiled = ensemble.compile_seconds
    finals(ensemble, stack([5] * 6, LEVELS[::-1], 20, 3e-3))
    counted = {name: count for (name, of), count in TRACES.items() if of == shape}
    assert len(counted) == 2
    assert set(counted.values()) == {1}
    assert ensemble.compile_seconds == compiled


def test_equal_seeds_start_alike_and_others_do_not(tiny_world, make_shape):
    chunk = Ensemble(make_shape(), tiny_world, block=1).begin(hypers())
    kernel = np.asarray(chunk.state.params["layers"][0]["kernel"])
    np.testing.assert_array_equal(kernel[0], kernel[2])
    assert not np.array_equal(kernel[0], kernel[1])


def test_another_root_seed_is_another_experiment(tiny_world, make_shape):
    one, other = (
        Ensemble(make_shape(), tiny_world, root=r, block=1).begin(hypers()) for r in (0, 1)
    )
    assert not np.array_equal(one.slots.index, other.slots.index)


def test_measures_along_training_see_the_same_run(tiny_world, make_shape):
    whole = finals(Ensemble(make_shape(), tiny_world, block=1), hypers())
    stepwise = Ensemble(make_shape(measure_at=(4, 8, 12)), tiny_world, block=1)
    seen = [(step, jax.device_get(chunk.state.params)) for step, chunk in stepwise.train(hypers())]
    assert [step for step, _ in seen] == [4, 8, 12]
    assert_close(whole.state.params, seen[-1][1], rtol=1e-5, atol=1e-6)
    assert not np.allclose(
        seen[0][1]["layers"][0]["kernel"][:6], seen[1][1]["layers"][0]["kernel"][:6], atol=1e-6
    )


def test_long_runs_are_cut_to_bound_memory_and_stay_the_same(tiny_world, make_shape, monkeypatch):
    whole = finals(Ensemble(make_shape(), tiny_world, block=1), hypers())
    monkeypatch.setattr("jaxuim.train.ensemble.LONGEST_SEGMENT", 5)
    before = Counter(TRACES)
    cut = finals(Ensemble(make_shape(), tiny_world, block=1), hypers())
    traced = sorted(name for name, _ in Counter(TRACES) - before)
    assert traced == ["('advance', 2)", "('advance', 5)", "begin"]
    assert_close(whole.state.params, cut.state.params, rtol=1e-5, atol=1e-6)


def test_training_lowers_the_loss_and_noise_raises_it(tiny_world, make_shape):
    shape = make_shape(steps=200, measure_at=(200,))
    levels, seeds = np.repeat([0.0, 0.6], 8), np.tile(np.arange(8), 2)
    chunk = finals(Ensemble(shape, tiny_world, block=1), stack(seeds, levels, 60, 1e-2))
    loss = np.asarray(chunk.state.loss)[:16]
    assert loss[:8].mean() < 0.5 * np.log(3)
    difference = loss[8:] - loss[:8]
    assert difference.mean() > 3 * difference.std(ddof=1) / np.sqrt(8)


def test_a_diverged_run_harms_no_other(tiny_world, make_shape):
    shape = make_shape(optimizer="sgd")
    ensemble = Ensemble(shape, tiny_world, block=2)
    tame = finals(ensemble, stack([0, 1], [0.0, 0.5], 60, 1e-2)).state.params
    mixed = finals(ensemble, stack([0, 1], [0.0, 0.5], 60, [1e-2, 1e30])).state.params
    for a, b in zip(jax.tree.leaves(tame), jax.tree.leaves(mixed), strict=True):
        np.testing.assert_array_equal(np.asarray(a)[0], np.asarray(b)[0])
    assert any(not np.isfinite(np.asarray(leaf)[1]).all() for leaf in jax.tree.leaves(mixed))


def test_padding_repeats_the_last_run_and_meshes_are_checked(tiny_world, make_shape):
    ensemble = Ensemble(make_shape(), tiny_world, block=4)
    hyper = ensemble.pad(stack([0, 1], [0.0, 1.0], 60, 1e-2))
    assert len(hyper.seed) == padded(2, ensemble.multiple)
    assert hyper.seed[-1] == 1
    with pytest.raises(ValueError, match="devices were asked for"):
        make_mesh(1000)
