"""Tests for jaxuim/sweep/evaluate.py: rows against the same numbers computed by hand."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from jaxuim import measure, worlds
from jaxuim.sweep.evaluate import Evaluator, _status
from jaxuim.sweep.given import few
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack
from jaxuim.types.shape import Shape
from jaxuim.types.status import STATUSES

WORLD = (("kind", "digits"), ("shortcut", True), ("shots", 3))
SHAPE = Shape(
    world=WORLD,
    biases=("spurious_correlation",),
    bias_settings=((),),
    model="mlp",
    width=16,
    depth=1,
    objective="supervised",
    optimizer="adam",
    schedule="constant",
    warmup=0,
    batch_size=16,
    steps=40,
    measure_at=(40,),
)
ADAPTATIONS = {"linear_probe": {"l2": 1e-2}}


@pytest.fixture(scope="module")
def trained():
    world = worlds.build(WORLD)
    ensemble = Ensemble(SHAPE, world, block=1)
    ((_, chunk),) = ensemble.train(stack([0, 1], [0.0, 1.0], 200, 1e-2))
    return world, ensemble, chunk


def rows(trained, wanted):
    _, ensemble, chunk = trained
    outcome = Evaluator(ensemble, tuple(wanted), ADAPTATIONS).evaluate(chunk)
    assert (np.asarray(outcome.status) == 0).all()
    return np.asarray(outcome.values)


def params(trained, member):
    return jax.tree.map(lambda leaf: np.asarray(leaf)[member], trained[2].state.params)


def test_upstream_rows_are_the_own_head_on_clean_held_out_data(trained):
    world, ensemble, _ = trained
    found = rows(trained, [("upstream", "none", name) for name in ("error", "worst_group_error")])
    task = world.tasks["id"]
    for member in (0, 1):
        logits = ensemble.network.apply(params(trained, member), task.test_x)
        assert found[member, 0] == pytest.approx(
            float(measure.error(logits, task.test_y)), abs=1e-6
        )
        worst = measure.worst_group_error(
            logits, task.test_y, task.test_groups, num_groups=task.groups
        )
        assert found[member, 1] == pytest.approx(float(worst), abs=1e-6)


def test_near_ood_uses_the_head_fitted_on_id_and_far_ood_its_own(trained):
    world, ensemble, _ = trained
    names = ("id", "near_ood", "far_ood")
    found = rows(trained, [(name, "linear_probe", "nll") for name in names])
    for member in (0, 1):
        weights = params(trained, member)
        for column, name in enumerate(names):
            task, head = world.tasks[name], world.tasks[world.tasks[name].head]
            fitted = LogisticRegression(C=1 / (len(head.train_y) * 1e-2), max_iter=5000, tol=1e-8)
            fitted.fit(ensemble.network.features(weights, head.train_x), head.train_y)
            logits = fitted.decision_function(ensemble.network.features(weights, task.test_x))
            expected = float(measure.negative_log_likelihood(logits, task.test_y))
            assert found[member, column] == pytest.approx(expected, abs=2e-3)


def test_representation_rows_are_of_the_pretrained_features(trained):
    world, ensemble, _ = trained
    found = rows(trained, [("far_ood", "none", "effective_rank")])
    features = ensemble.network.features(params(trained, 1), world.tasks["far_ood"].test_x)
    assert found[1, 0] == pytest.approx(float(measure.effective_rank(features)), rel=1e-3)


def test_few_shot_uses_few_labels_of_the_seed(trained):
    found = rows(trained, [(t, "linear_probe", "nll") for t in ("few_shot", "far_ood")])
    assert (found[:, 0] > found[:, 1]).all()


@given(st.integers(0, 2**31), st.integers(1, 4))
def test_few_picks_so_many_of_each_class_without_repeats(seed, shots):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(3), [4, 7, 10]))
    chosen = np.asarray(few(jax.random.key(seed), labels, 3, shots))
    assert len(set(chosen)) == 3 * shots
    np.testing.assert_array_equal(labels[chosen], np.repeat(np.arange(3), shots))


def test_a_measure_that_lacks_its_groups_is_marked(trained):
    world = worlds.build((("kind", "digits"),))
    bare = {k: task._replace(test_groups=None, groups=0) for k, task in world.tasks.items()}
    world = world._replace(tasks=bare)
    plain = Ensemble(
        SHAPE.__class__(**{**SHAPE.__dict__, "biases": (), "bias_settings": ()}), world
    )
    chunk = plain.begin(stack([0], np.zeros((1, 0)), 50, 1e-2))
    outcome = Evaluator(
        plain, (("id", "linear_probe", "worst_group_error"),), ADAPTATIONS
    ).evaluate(chunk)
    assert int(outcome.status[0, 0]) == 3
    assert np.isnan(outcome.values[0, 0])


@pytest.mark.parametrize(
    ("value", "trained", "converged", "status"),
    [
        (0.5, True, True, "ok"),
        (0.5, True, False, "not_converged"),
        (0.5, False, True, "diverged"),
        (np.nan, False, True, "diverged"),
        (np.nan, True, False, "diverged"),
        (np.nan, True, True, "not_applicable"),
    ],
)
def test_what_is_undefined_of_a_finite_run_is_no_failure(value, trained, converged, status):
    assert STATUSES[int(_status(*map(np.asarray, (value, trained, converged))))] == status
