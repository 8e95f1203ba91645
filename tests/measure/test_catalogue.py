"""One table test over every measure: inputs, range, chance, invariances, vmap and bad numbers."""

import inspect
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import MEASURES, chance_value
from jaxuim.types.declare import INPUTS, Measure
from jaxuim.types.registry import catalogue

N, K, G, D, P, RUNS = 30, 5, 5, 6, 24, 8
SIZES = {"n": N, "m": N, "K": K, "D": D, "d": D, "N": P, "c": 6, "r": 12}
QUICKLY: Any = {"compiler_options": {"xla_backend_optimization_level": 0}}  # to compile
KNOWN: dict[str, Measure] = catalogue("measures")
MEMBERS = sorted(KNOWN)
ALONE = [name for name in MEMBERS if not KNOWN[name].spans]
seeds = st.integers(0, 2**32 - 1)
Arrays = dict[str, np.ndarray]

FLOATS = {key for key, text in INPUTS.items() if text.startswith("f32")}
UNDEFINED = {"frequency_correlation"}  # where accuracies happen to be equal
SHAPE_ONLY = {("logme", "logits"), ("nc1", "logits")}  # these tell the number of classes


def function(name: str) -> Callable[..., Any]:
    """The measure as a function of its declared inputs."""
    measured = KNOWN[name].load()
    return partial(measured, num_groups=G) if "groups" in KNOWN[name].inputs else measured


COMPILED = {name: jax.jit(function(name), **QUICKLY) for name in MEMBERS}
MAPPED = {name: jax.jit(jax.vmap(function(name)), **QUICKLY) for name in ALONE}


def axes(name: str) -> list[str]:
    """The names of an input's axes, from its declaration."""
    return re.findall(r"\w+", INPUTS[name].split("[")[1].split("]")[0])


def draw(seed: int, scale: float = 3.0) -> Arrays:
    """Every array that a measure of one run may take."""
    rng = np.random.default_rng(seed)
    balanced = lambda size, kinds: rng.permutation(np.arange(size) % kinds).astype(np.int32)
    arrays = {}
    for name, text in INPUTS.items():
        shape = tuple(SIZES.get(a, 9) if a.isalpha() else int(a) for a in axes(name) if a != "runs")
        if text.startswith("bool"):
            arrays[name] = rng.permutation(np.arange(*shape) % 3 != 0)
        else:
            arrays[name] = scale * rng.standard_normal(shape, np.float32)
        if name.endswith(("loss", "losses")):
            arrays[name] = np.abs(arrays[name])
        if name.endswith("covariance"):
            arrays[name] = arrays[name] @ arrays[name].T
    return arrays | {
        "labels": balanced(N, K),
        "pool_labels": balanced(P, K),
        "groups": balanced(N, G),
        "target": np.int32(rng.integers(K)),
        "class_counts": balanced(K, K) + 1,
        "audited": rng.random(2, np.float32),
    }


def draw_for(name: str, seed: int, scale: float = 3.0) -> Arrays:
    """The arrays that a measure takes; those of one that spans runs are stacked."""
    if not KNOWN[name].spans:
        return draw(seed, scale)
    runs = [draw(seed + run, scale) for run in range(RUNS)]
    stacked = {key: np.stack([one[key] for one in runs]) for key in INPUTS}
    half = np.arange(RUNS)[:, None] % 2 == np.arange(P) % 2  # each example in half of the runs
    return stacked | {"member": np.random.default_rng(seed).permuted(half, axis=0)}


def value(name: str, arrays: Arrays) -> np.ndarray:
    result = COMPILED[name](*(arrays[key] for key in KNOWN[name].inputs))
    assert result.shape == ((RUNS,) if KNOWN[name].spans else ()) and result.dtype == np.float32
    return np.asarray(result)


def test_measures_take_declared_inputs() -> None:
    assert {key for name in MEMBERS for key in KNOWN[name].inputs} <= set(INPUTS)


@pytest.mark.parametrize("name", MEMBERS)
def test_declaration_and_implementation_agree(name: str) -> None:
    measure = KNOWN[name]
    assert name in MEASURES and measure.name == name
    assert measure.summary and measure.label
    assert measure.better in ("lower", "higher", "none") and measure.low < measure.high
    parameters = inspect.signature(measure.load()).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(positional) == len(measure.inputs)
    # a function of its own names its arguments as declared, one that several declare need not
    named = zip(positional, measure.inputs, strict=True)
    assert all(given == key for given, key in named if given in INPUTS)
    asked = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    assert asked == (["num_groups"] if "groups" in measure.inputs else [])


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=seeds, scale=st.floats(0.001, 1e4))
def test_values_stay_in_the_declared_range(name: str, seed: int, scale: float) -> None:
    measure, found = KNOWN[name], value(name, draw_for(name, seed, scale))
    if name in UNDEFINED and np.isnan(found):
        return
    slack = 1e-5 * np.abs(found)
    assert np.all(measure.low <= found + slack) and np.all(found - slack <= measure.high)


def taken(arrays: Arrays, orders: dict[str, list[int]], spans: bool) -> Arrays:
    """The arrays with the places along some named axes in another order."""
    moved = dict(arrays)
    for key in INPUTS:
        named = [axis for axis in axes(key) if axis != "runs"]
        for place, axis in enumerate(named, start=int(spans)):
            if axis in orders:
                moved[key] = np.take(moved[key], orders[axis], axis=place)
    return moved


def renamed(arrays: Arrays, names: list[int], spans: bool) -> Arrays:
    """The same classes and groups under other names."""
    number, moved = np.argsort(names).astype(np.int32), taken(arrays, {"K": names}, spans)
    for key in ("labels", "pool_labels", "target"):
        moved[key] = number[arrays[key]]
    moved["groups"] = np.array(names)[arrays["groups"]]
    return moved


@pytest.mark.parametrize("name", MEMBERS)
@given(
    seed=seeds,
    order=st.permutations(range(N)),
    pool_order=st.permutations(range(P)),
    names=st.permutations(range(K)),
)
def test_order_and_names_do_not_matter(
    name: str, seed: int, order: list[int], pool_order: list[int], names: list[int]
) -> None:
    arrays = draw_for(name, seed)
    expected = pytest.approx(value(name, arrays), rel=1e-4, abs=1e-5)
    orders, spans = {"n": order, "N": pool_order, "m": order[::-1]}, KNOWN[name].spans
    assert value(name, taken(arrays, orders, spans)) == expected
    assert value(name, renamed(arrays, names, spans)) == expected


@pytest.mark.parametrize("name", [name for name in MEMBERS if KNOWN[name].chance is not None])
def test_the_uninformed_predictor_attains_chance(name: str) -> None:
    arrays = draw_for(name, 0)
    for key, array in arrays.items():
        if array.dtype == np.float32:
            arrays[key] = np.full_like(array, 0.7)
    assert value(name, arrays) == pytest.approx(chance_value(KNOWN[name], K), abs=1e-5)


def test_chance_values_are_those_of_the_textbook() -> None:
    found = {name: chance_value(MEASURES[name], 10) for name in ("error", "nll", "ece")}
    assert found == {"error": 0.9, "nll": pytest.approx(math.log(10)), "ece": None}
    assert [chance_value(MEASURES["top5_error"], k) for k in (3, 5, 10)] == [0.0, 0.0, 0.5]


@pytest.mark.parametrize("name", ALONE)
def test_mapped_equals_alone(name: str) -> None:
    batch = [draw(seed) for seed in range(2)]
    stacked = [np.stack([one[key] for one in batch]) for key in KNOWN[name].inputs]
    mapped = MAPPED[name](*stacked)
    assert mapped.shape == (2,)
    assert np.allclose(mapped, [value(name, one) for one in batch], rtol=1e-4, atol=1e-5)


def spoilt(arrays: Arrays, bad: float) -> Arrays:
    """The arrays with one bad number in each that holds floats, in the first run."""
    spoilt = {key: np.array(array) for key, array in arrays.items()}
    for array in spoilt.values():
        if array.dtype == np.float32:
            array.flat[min(1, array.size - 1)] = bad
    spoilt["pool_used"][..., 0] = True
    return spoilt


@pytest.mark.parametrize("name", [m for m in MEMBERS if FLOATS & set(KNOWN[m].inputs)])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_number_never_looks_good(name: str, bad: float) -> None:
    good = draw_for(name, 0)
    arrays = spoilt(good, bad)
    assert np.isnan(value(name, arrays).flat[0])
    if not KNOWN[name].spans:
        inputs = KNOWN[name].inputs
        both = MAPPED[name](*(np.stack([arrays[k], good[k]]) for k in inputs))
        assert np.isnan(both[0]) and np.isfinite(both[1])  # and it spoils no other run


def refused(name: str, arrays: Arrays) -> str:
    """The sentence with which the measure refuses concrete arrays."""
    with pytest.raises(ValueError) as refusal:
        function(name)(*(arrays[key] for key in KNOWN[name].inputs))
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(("name", "key"), [(m, key) for m in MEMBERS for key in KNOWN[m].inputs])
def test_concrete_arrays_of_wrong_shape_or_value_are_refused(name: str, key: str) -> None:
    good = draw_for(name, 0)
    assert "shape" in refused(name, good | {key: good[key][None]})
    if good[key].ndim:
        assert "shape" in refused(name, good | {key: good[key][:0]})
    bad = good | {key: spoilt(good, np.nan)[key]}
    if (name, key) in SHAPE_ONLY:
        assert np.array_equal(value(name, bad), value(name, good))
    elif good[key].dtype == np.float32:
        assert "nan" in refused(name, bad)
    else:
        assert "-7" in refused(name, good | {key: np.full(good[key].shape, -7)})
