"""What measures take of a language model's statements: losses of pairs, facts that it completes."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np

from jaxuim.models import Network
from jaxuim.sweep.given import Given, Trained
from jaxuim.train.objectives import Sizes, build
from jaxuim.worlds.data import Part
from jaxuim.worlds.digits import build as digits
from jaxuim.worlds.language import build as language

WORLD = language(vocabulary=64, length=16, topics=4, examples=100)
SIZES = Sizes(inputs=16, classes=4, vocabulary=64)


def given(network: Network, world, name: str = "next_token") -> Given:
    """The arrays of a run of a network that has no parameters."""
    objective = build("next_token", SIZES)
    if name != "next_token":
        objective = objective._replace(losses=None)
    ensemble = SimpleNamespace(
        world=world, network=network, objective=objective, shape=SimpleNamespace(objective=name)
    )
    run = Trained({}, **dict.fromkeys(Trained._fields[1:]))  # of a run, parameters alone matter
    return Given(ensemble, {}, run, None, {})


def of_logits(logits) -> Network:
    """A network whose logits [batch, T, V] are a function of the tokens alone."""
    return Network(None, lambda _, x: logits(x), None, None)


def test_pairs_are_told_apart_by_the_token_that_differs() -> None:
    liked = 9  # the unwanted stance
    logits = jnp.zeros(64).at[liked].set(3.0)
    run = given(of_logits(lambda x: jnp.broadcast_to(logits, (*x.shape, 64))), WORLD)
    wanted, unwanted = (
        np.asarray(run.array(f"{kind}_losses", "upstream", "none"))
        for kind in ("wanted", "unwanted")
    )
    assert wanted.shape == unwanted.shape == (4,)
    np.testing.assert_allclose(wanted - unwanted, 3.0, rtol=1e-5)
    stereotype, other = (
        np.asarray(run.array(f"{kind}_losses", "upstream", "none"))
        for kind in ("stereotype", "antistereotype")
    )
    np.testing.assert_allclose(stereotype, other, rtol=1e-6)  # no attribute is preferred


def test_facts_are_hit_by_who_knows_them() -> None:
    facts = WORLD.aux["facts"].x
    table = np.zeros((64, 64, 64), np.float32)
    table[facts[:, 5], facts[:, 6], facts[:, 7]] = 1.0  # the object by subject and relation
    known = jnp.asarray(table).at[facts[:3, 5], facts[:3, 6]].set(0.0)
    before = lambda x: jnp.concatenate([x[:, :1], x[:, :-1]], axis=1)
    run = given(of_logits(lambda x: known[before(x), x]), WORLD)
    hits = np.asarray(run.array("fact_hits", "upstream", "none"))
    assert hits.tolist() == [False] * 3 + [True] * (len(facts) - 3)


def test_a_world_or_an_objective_without_them_has_none() -> None:
    network = of_logits(lambda x: jnp.zeros((*x.shape, 64)))
    names = ("wanted_losses", "unwanted_losses", "stereotype_losses", "fact_hits")
    other = WORLD._replace(aux={"canary": Part(WORLD.pool_x, WORLD.pool_y)})
    for run in (given(network, digits()), given(network, other), given(network, WORLD, "other")):
        assert all(run.array(name, "upstream", "none") is None for name in names)
