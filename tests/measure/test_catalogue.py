"""One table test over every measure: inputs, range, chance, invariances, vmap and bad numbers."""

import inspect
import math

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import MEASURES, chance_value
from jaxuim.types.registry import catalogue

N, K, G, D = 30, 5, 5, 6
MEMBERS = sorted(catalogue("measures"))
seeds = st.integers(0, 2**32 - 1)


def compiled(name: str):
    """The measure as a jitted function of its declared inputs."""
    function = catalogue("measures")[name].load()
    if "groups" in catalogue("measures")[name].inputs:
        return jax.jit(lambda *arrays: function(*arrays, num_groups=G))
    return jax.jit(function)


COMPILED = {name: compiled(name) for name in MEMBERS}


def draw(seed: int, scale: float = 3.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "logits": scale * rng.standard_normal((N, K), np.float32),
        "labels": rng.permutation(np.arange(N) % K).astype(np.int32),
        "groups": rng.permutation(np.arange(N) % G).astype(np.int32),
        "features": scale * rng.standard_normal((N, D), np.float32),
    }


def value(name: str, arrays: dict[str, np.ndarray]) -> float:
    result = COMPILED[name](*(arrays[key] for key in catalogue("measures")[name].inputs))
    assert result.shape == () and result.dtype == np.float32
    return float(result)


@pytest.mark.parametrize("name", MEMBERS)
def test_declaration_and_implementation_agree(name: str) -> None:
    measure = catalogue("measures")[name]
    assert name in MEASURES and measure.name == name
    assert measure.summary and measure.label
    assert measure.better in ("lower", "higher", "none") and measure.low < measure.high
    parameters = inspect.signature(measure.load()).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert tuple(positional) == measure.inputs
    extra = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert extra == (["num_groups"] if "groups" in measure.inputs else [])


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, scale=st.floats(0.001, 1e4))
def test_values_stay_in_the_declared_range(name: str, seed: int, scale: float) -> None:
    measure = catalogue("measures")[name]
    assert measure.low <= value(name, draw(seed, scale)) <= measure.high


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, order=st.permutations(range(N)), names=st.permutations(range(K)))
def test_order_and_names_do_not_matter(
    name: str, seed: int, order: list[int], names: list[int]
) -> None:
    arrays = draw(seed)
    shuffled = {key: array[order] for key, array in arrays.items()}
    renamed = dict(arrays, labels=np.argsort(names)[arrays["labels"]])
    renamed["logits"] = arrays["logits"][:, names]
    renamed["groups"] = np.array(names)[arrays["groups"]]
    expected = pytest.approx(value(name, arrays), rel=1e-5, abs=1e-5)
    assert value(name, shuffled) == expected
    assert value(name, renamed) == expected


@pytest.mark.parametrize("name", MEMBERS)
def test_the_uninformed_predictor_attains_chance(name: str) -> None:
    chance = chance_value(catalogue("measures")[name], K)
    arrays = draw(0)
    arrays["logits"] = np.full((N, K), 0.7, np.float32)
    if chance is None:
        assert "chance" not in catalogue("measures")[name].summary
    else:
        assert value(name, arrays) == pytest.approx(chance, abs=1e-6)


def test_chance_values_are_those_of_the_textbook() -> None:
    found = {name: chance_value(MEASURES[name], 10) for name in ("error", "nll", "ece")}
    assert found == {"error": 0.9, "nll": pytest.approx(math.log(10)), "ece": None}


@pytest.mark.parametrize("name", MEMBERS)
def test_mapped_equals_alone(name: str) -> None:
    batch = [draw(seed) for seed in range(3)]
    stacked = [np.stack([one[key] for one in batch]) for key in catalogue("measures")[name].inputs]
    mapped = jax.vmap(COMPILED[name])(*stacked)
    assert mapped.shape == (3,)
    assert np.allclose(mapped, [value(name, one) for one in batch], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_number_never_looks_good(name: str, bad: float) -> None:
    arrays = draw(0)
    arrays["logits"][4, 1] = arrays["features"][4, 1] = bad
    assert math.isnan(value(name, arrays))
    good = {key: array.copy() for key, array in draw(0).items()}
    inputs = catalogue("measures")[name].inputs
    both = jax.vmap(COMPILED[name])(*(np.stack([arrays[k], good[k]]) for k in inputs))
    assert np.isnan(both[0]) and np.isfinite(both[1])  # and it spoils no other run
