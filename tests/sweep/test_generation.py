"""What measures take of runs that generate: closed laws, samples, and their common draws."""

import jax
import numpy as np
import pytest

from jaxuim import worlds
from jaxuim.rng import run_key
from jaxuim.sweep import generation
from jaxuim.sweep.evaluate import Evaluator
from jaxuim.sweep.given import Given, Trained
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack
from jaxuim.train.objectives.conditional_gaussian import corrupted_law
from jaxuim.types.shape import Shape

WORLD = (("kind", "gaussian_mixture"), ("superclasses", 2), ("subclasses", 2), ("dimension", 6))
SHORT = {
    "world": WORLD,
    "biases": (),
    "bias_settings": (),
    "model": "linear",
    "width": 8,
    "depth": 1,
    "optimizer": "adam",
    "schedule": "constant",
    "warmup": 0,
    "batch_size": 8,
    "steps": 12,
    "measure_at": (12,),
}
MEASURES = ("frechet_distance", "class_frechet_distance", "sample_spread", "nearest_copy_rate")
WANTED = tuple(("upstream", "none", name) for name in MEASURES)


def trained(objective, level, **changes):
    """Two runs of one seed, with 60 and with 2000 examples."""
    settings = (("condition_noise", level),) if level else ()
    shape = Shape(**{**SHORT, "objective": objective, "objective_settings": settings, **changes})
    ensemble = Ensemble(shape, worlds.build(WORLD), block=1)
    hyper = stack([0, 0], np.zeros((2, 0)), [60, 2000], 1e-2)
    ((_, chunk),) = ensemble.train(hyper)
    return ensemble, chunk


@pytest.fixture(scope="module")
def gaussian():
    longer = {"steps": 400, "measure_at": (400,), "batch_size": 256, "schedule": "cosine"}
    return trained("conditional_gaussian", 0.5, **longer)


def given_of(ensemble, chunk, member, arrays):
    params, hyper, slots, audited = jax.tree.map(
        lambda leaf: leaf[member], (chunk.state.params, chunk.hyper, chunk.slots, chunk.audited)
    )
    run = Trained(params, run_key(ensemble.root, hyper.seed), hyper, slots, audited)
    return Given(ensemble, {}, run, ensemble.pool, arrays)


def test_a_trained_run_generates_the_law_of_its_examples(gaussian):
    ensemble, chunk = gaussian
    arrays = Evaluator(ensemble, WANTED, {}).arrays
    taken = given_of(ensemble, chunk, 1, arrays)
    true = np.asarray(taken.array("true_means", "upstream", "none"))
    covariance = np.asarray(taken.array("true_covariance", "upstream", "none"))
    means, spread = corrupted_law(true, np.full(2, 0.5), covariance, 0.5)
    made = taken.array("made_means", "upstream", "none")
    np.testing.assert_allclose(made, means, atol=0.03)
    found = taken.array("made_covariance", "upstream", "none")
    np.testing.assert_allclose(found, spread, atol=0.02)
    samples = taken.array("generated", "upstream", "none")
    labels = arrays["id"].test_y[: generation.SAMPLES]
    assert samples.shape == (generation.SAMPLES, 6)
    for label in range(2):
        own = np.asarray(samples)[labels == label]
        error = own.std(axis=0) / np.sqrt(len(own))
        assert (np.abs(own.mean(axis=0) - np.asarray(made)[label]) < 5 * error).all()


def test_the_truth_is_the_moments_of_the_pool(gaussian):
    ensemble, chunk = gaussian
    taken = given_of(ensemble, chunk, 0, Evaluator(ensemble, WANTED, {}).arrays)
    x, y = ensemble.world.pool_x, ensemble.world.pool_y
    means = np.stack([x[y == k].mean(axis=0) for k in range(2)])
    np.testing.assert_allclose(taken.array("true_means", "", ""), means, atol=1e-5)
    left = x - means[y]
    found = taken.array("true_covariance", "", "")
    np.testing.assert_allclose(found, left.T @ left / (len(x) - 2), atol=1e-5)


def test_rows_are_numbers_and_more_examples_come_nearer(gaussian):
    ensemble, chunk = gaussian
    outcome = Evaluator(ensemble, WANTED, {}).evaluate(chunk)
    values = np.asarray(outcome.values)
    assert (np.asarray(outcome.status) == 0).all() and np.isfinite(values).all()
    assert values[1, 1] < values[0, 1]


def test_diffusion_draws_its_samples_from_the_network():
    ensemble, chunk = trained("diffusion", 0.0)
    outcome = Evaluator(ensemble, WANTED, {}).evaluate(chunk)
    assert np.isfinite(np.asarray(outcome.values)).all()


def test_what_generates_nothing_has_no_row():
    ensemble, chunk = trained("supervised", 0.0)
    outcome = Evaluator(ensemble, WANTED, {}).evaluate(chunk)
    assert (np.asarray(outcome.status) == 3).all() and np.isnan(outcome.values).all()
