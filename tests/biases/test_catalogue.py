"""One table test over every bias: declaration, clean level 0, ranges, runs apart, one trace."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.biases import BIASES, Facts, Slots
from jaxuim.types.biases import STAGES, canonical_order
from jaxuim.types.declare import Declaration
from jaxuim.types.registry import catalogue

K, N, SOURCE = 7, 120, 40
MEMBERS = sorted(catalogue("biases"))
levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)
FEW, FEWER = settings(max_examples=4), settings(max_examples=2)  # of each of the many biases
TRACES: dict[str, int] = {}


def of(name: str):
    """The bias with traced level and facts; counts its traces."""
    bias = catalogue("biases")[name].load()

    def traced(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
        TRACES[name] = TRACES.get(name, 0) + 1
        return bias(slots, level, facts._replace(classes=K, bit=2, start=N, size=SOURCE))

    return jax.jit(traced)


COMPILED = {name: of(name) for name in MEMBERS}
BATCHED = {name: jax.jit(jax.vmap(COMPILED[name])) for name in MEMBERS}


def equal(one: Slots, two: Slots) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("name", MEMBERS)
def test_declaration_and_implementation_agree(name: str) -> None:
    bias = catalogue("biases")[name]
    assert name in BIASES and bias.name == name
    assert bias.summary and bias.level and bias.population and bias.source
    assert bias.corrupts in STAGES
    static = [item.name for item in bias.parameters if not item.traced]
    assert len(bias.parameters) - len(static) == (bias.dial is not None)
    given = inspect.signature(bias.load()).parameters
    assert list(given)[:3] == ["slots", "level", "facts"]
    own = [p.name for p in given.values() if p.kind is p.KEYWORD_ONLY]
    if bias.render:
        drawn = inspect.signature(Declaration(name, "", bias.render).load()).parameters
        assert list(drawn)[:3] == ["x", "hit", "draw"]
        own += list(drawn)[3:]
    assert own == static
    assert canonical_order([bias]) == (0,)


@pytest.mark.parametrize("name", MEMBERS)
@FEW
@given(seed=seeds, samples=st.integers(1, N))
def test_level_zero_is_bitwise_clean(random_facts, name: str, seed: int, samples: int) -> None:
    slots, facts = random_facts(seed)
    top = np.nextafter(np.float32(1), np.float32(0))
    for uniforms in (facts.uniforms, jnp.zeros((3, N + SOURCE)), jnp.full((3, N + SOURCE), top)):
        got = COMPILED[name](
            slots, jnp.float32(0), facts._replace(samples=jnp.int32(samples), uniforms=uniforms)
        )
        assert equal(got, slots)


@pytest.mark.parametrize("name", MEMBERS)
@FEW
@given(seed=seeds, samples=st.integers(1, N), level=levels)
def test_slots_stay_in_range(
    random_facts, name: str, seed: int, samples: int, level: float
) -> None:
    slots, facts = random_facts(seed)
    got = COMPILED[name](slots, jnp.float32(level), facts._replace(samples=jnp.int32(samples)))
    for before, after, high in zip(slots, got, (N + SOURCE, K, K**2, 4), strict=True):
        assert after.shape == before.shape and after.dtype == before.dtype
        assert after.min() >= 0 and after.max() < high
    assert set(np.unique(got.marks)) <= {0, 2}  # its own bit, and no other
    if not catalogue("biases")[name].render:
        same = np.asarray(got.marks) == 0
        for before, after in zip(slots[:3], got[:3], strict=True):
            assert np.array_equal(np.asarray(before)[same], np.asarray(after)[same])


@pytest.mark.parametrize("name", MEMBERS)
def test_level_one_changes_something(random_facts, name: str) -> None:
    slots, facts = random_facts(0)
    assert np.any(COMPILED[name](slots, jnp.float32(1), facts).marks)


@pytest.mark.parametrize("name", MEMBERS)
@FEWER
@given(seed=seeds, level=levels)
def test_mapped_runs_equal_lone_runs_whatever_the_others_are(
    random_facts, name: str, seed: int, level: float
) -> None:
    runs = [random_facts(seed + k) for k in range(3)]
    level_of = jnp.array([level, 0.5, 1.0], jnp.float32)
    alone = COMPILED[name](runs[0][0], level_of[0], _traced(runs[0][1]))
    for order in (runs, [runs[0], runs[2], runs[1]]):
        slots, facts = (
            jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf) for leaf in leaves]), *parts)
            for parts in ([run[0] for run in order], [_traced(run[1]) for run in order])
        )
        batch = BATCHED[name](slots, level_of, facts)
        assert equal(jax.tree.map(lambda leaf: leaf[0], batch), alone)


def _traced(facts: Facts) -> Facts:
    """Facts as arrays: what is static is set again where the bias is called."""
    return jax.tree.map(jnp.asarray, facts)


@pytest.mark.parametrize("name", MEMBERS)
def test_levels_samples_and_dials_share_one_trace(random_facts, name: str) -> None:
    slots, facts = random_facts(0)
    COMPILED[name](slots, jnp.float32(0.5), facts)
    before = TRACES[name]
    for level, samples, dial in ((0.0, 5, 1.0), (0.3, 50, 2.0), (1.0, N, 9.0)):
        other = facts._replace(samples=jnp.int32(samples), dial=jnp.float32(dial))
        COMPILED[name](slots, jnp.float32(level), other)
    assert TRACES[name] == before
