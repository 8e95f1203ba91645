"""One table test over every bias: declaration, clean level 0, ranges, runs apart, one trace."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import BIASES, Examples, Facts, Slots
from jaxuim.types.biases import STAGES, canonical_order
from jaxuim.types.registry import catalogue

K, N = 7, 120
MEMBERS = sorted(catalogue("biases"))
levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)
TRACES: dict[str, int] = {}


def compiled(name: str):
    """The bias with traced level, samples and uniforms; counts its traces."""
    bias = catalogue("biases")[name].load()

    def traced(slots: Slots, level: jax.Array, samples: jax.Array, uniforms: jax.Array) -> Slots:
        TRACES[name] = TRACES.get(name, 0) + 1
        return bias(slots, level, Facts(samples, uniforms, K, Examples(slots.label)))

    return jax.jit(traced)


COMPILED = {name: compiled(name) for name in MEMBERS}
BATCHED = {name: jax.jit(jax.vmap(COMPILED[name])) for name in MEMBERS}


def equal(one: Slots, two: Slots) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("name", MEMBERS)
def test_declaration_and_implementation_agree(name: str) -> None:
    bias = catalogue("biases")[name]
    assert name in BIASES and bias.name == name
    assert bias.summary and bias.level and bias.population and bias.corrupts in STAGES
    parameters = list(inspect.signature(bias.load()).parameters)
    assert parameters[:3] == ["slots", "level", "facts"]
    assert parameters[3:] == [item.name for item in bias.parameters if not item.traced]
    assert canonical_order([bias]) == (0,)


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, samples=st.integers(1, N))
def test_level_zero_is_bitwise_clean(random_run, name: str, seed: int, samples: int) -> None:
    slots, uniforms, _ = random_run(seed)
    assert equal(COMPILED[name](slots, jnp.float32(0), jnp.int32(samples), uniforms), slots)
    for end in (0.0, np.nextafter(np.float32(1), np.float32(0))):
        ends = np.full_like(uniforms, end)
        assert equal(COMPILED[name](slots, jnp.float32(0), jnp.int32(samples), ends), slots)


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, samples=st.integers(1, N), level=levels)
def test_slots_stay_in_range(random_run, name: str, seed: int, samples: int, level: float) -> None:
    slots, uniforms, _ = random_run(seed)
    got = COMPILED[name](slots, jnp.float32(level), jnp.int32(samples), uniforms)
    for before, after, high in zip(slots, got, (N, K, K, 2), strict=True):
        assert after.shape == before.shape and after.dtype == before.dtype
        assert after.min() >= 0 and after.max() < high


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, level=levels)
def test_mapped_runs_equal_lone_runs_whatever_the_others_are(
    random_run, name: str, seed: int, level: float
) -> None:
    runs = [random_run(seed + k) for k in range(3)]
    stacked = [
        jax.tree.map(lambda *leaves: jnp.stack(leaves), *(run.slots for run in order))
        for order in (runs, [runs[0], runs[2], runs[1]])
    ]
    uniforms = [
        np.stack([run.uniforms for run in order]) for order in (runs, [runs[0], runs[2], runs[1]])
    ]
    dials = jnp.array([level, 0.5, 1.0], jnp.float32), jnp.array([N, 40, 7])
    one, two = (BATCHED[name](slots, *dials, u) for slots, u in zip(stacked, uniforms, strict=True))
    alone = COMPILED[name](runs[0].slots, jnp.float32(level), jnp.int32(N), runs[0].uniforms)
    for batch in (one, two):
        assert equal(jax.tree.map(lambda leaf: leaf[0], batch), alone)


@pytest.mark.parametrize("name", MEMBERS)
def test_levels_and_samples_share_one_trace(random_run, name: str) -> None:
    slots, uniforms, _ = random_run(0)
    bias = compiled(name)
    before = TRACES.get(name, 0)
    for level, samples in ((0.0, 5), (0.3, 50), (1.0, N)):
        bias(slots, jnp.float32(level), jnp.int32(samples), uniforms)
    assert TRACES[name] == before + 1
