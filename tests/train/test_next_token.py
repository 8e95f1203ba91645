"""Next-token prediction: written out, its floor reached by the best model and beaten by none."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.models import Network
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack
from jaxuim.train.objectives import Sizes, build
from jaxuim.worlds.language import _language
from jaxuim.worlds.language import build as language
from jaxuim.worlds.tokens_chains import log_likelihood
from jaxuim.worlds.tokens_layout import GROUPS, OPENING, SUBJECT, Layout

SMALL = {"vocabulary": 48, "length": 16, "topics": 4, "examples": 2000, "branching": 2}
WORLD = language(**SMALL)
SIZES = Sizes(inputs=16, classes=4, vocabulary=48)


def table_network(table) -> Network:
    """A network whose logits are a table by the last token."""
    return Network(lambda key: None, lambda _, x: table[x], lambda _, x: table[x].mean(1), None)


def test_the_loss_is_written_out() -> None:
    objective = build("next_token", SIZES)
    table = jax.random.normal(jax.random.key(0), (48, 48))
    x = np.asarray(WORLD.pool_x[:5])
    weights = np.exp(np.asarray(table, np.float64))
    lost = -np.log(weights / weights.sum(1, keepdims=True))[x[:, :-1], x[:, 1:]]
    network, y = table_network(table), jnp.zeros(5, jnp.int32)
    np.testing.assert_allclose(objective.losses(network, {}, x, y), lost.sum(1), rtol=1e-5)
    found = objective.loss(network, {}, x, y, jax.random.key(0))
    np.testing.assert_allclose(found, lost.mean(), rtol=1e-5)
    begun = objective.losses(network, {}, x[:, :3], y)
    np.testing.assert_allclose(begun, lost[:, :2].sum(1), rtol=1e-5)
    assert (objective.inputs, objective.outputs, objective.logits) == (16, 48, None)


def best_losses(x: np.ndarray) -> np.ndarray:
    """Nats of each document but its first token under the law that it was drawn from."""
    law, layout = _language(48, 16, 4, 2, 0.5, 1.0), Layout(48)
    text = x[:, OPENING:] - layout.word
    likelihood = np.exp(log_likelihood(law.chains[:4], text)).mean(axis=1)
    subject = law.frequency[x[:, SUBJECT] - layout.subject]
    return -np.log(likelihood * subject / (3 * GROUPS * GROUPS * 4))


def test_the_best_model_reaches_the_floor() -> None:
    lost = best_losses(WORLD.tasks["id"].test_x) / 15
    assert abs(lost.mean() - WORLD.info["entropy_rate"]) < 4 * lost.std() / np.sqrt(len(lost))


def test_a_trained_model_comes_close_to_the_floor_and_not_below(make_shape) -> None:
    shape = make_shape(
        biases=(),
        bias_settings=(),
        model="transformer",
        width=16,
        objective="next_token",
        batch_size=16,
        steps=600,
        measure_at=(600,),
    )
    ensemble = Ensemble(shape, WORLD)
    hyper = stack([0], np.zeros((1, 0)), 2000, 1e-2)
    ((_, chunk),) = ensemble.train(hyper)
    params = jax.tree.map(lambda leaf: leaf[0], chunk.state.params)
    x = WORLD.tasks["id"].test_x
    losses = jax.jit(lambda p, x: ensemble.objective.losses(ensemble.network, p, x, None))
    lost = np.asarray(losses(params, x)) / 15
    excess = lost - best_losses(x) / 15  # of the same documents
    error = excess.std() / np.sqrt(len(x))
    assert excess.mean() > -3 * error
    assert excess.mean() < 0.3 < np.log(48) - WORLD.info["entropy_rate"]
    assert np.mean(lost) > WORLD.info["entropy_rate"] - 3 * lost.std() / np.sqrt(len(x))


def test_worlds_without_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="needs sequences of at least 2 tokens; this world has a"):
        build("next_token", Sizes(inputs=4, classes=2))
