"""Checks of arrays: what is refused outside of tracing, and that tracing looks at shapes only."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.measure.checks import checked_groups, checked_logits, finite, flags, shape, whole
from jaxuim.measure.host import reals

GOOD = np.array([[0.0, 1.0], [2.0, 3.0]], np.float32)


@pytest.mark.parametrize(
    ("logits", "labels", "words"),
    [
        ([0.0, 1.0], [0], "logits has shape (2,); allowed is [n, K]"),
        (GOOD, [0], "labels has shape (1,); allowed is [n] with n = 2"),
        (GOOD, [[0, 1]], "labels has shape (1, 2); allowed is [n]"),
        (np.zeros((0, 2)), [], "logits has shape (0, 2); allowed is [n, K], none of them empty"),
        (GOOD, [0, -1], "labels[1] = -1; allowed are whole numbers from 0 to 1"),
        (GOOD, [0, 0.5], "labels[1] = 0.5; allowed are whole numbers from 0 to 1"),
        (GOOD, [0, np.nan], "labels[1] = nan; allowed are whole numbers from 0 to 1"),
        (GOOD, ["a", "b"], "labels has dtype <U1; allowed are real numbers"),
        (GOOD - [[np.nan, 0]], [0, 1], "logits[0, 0] = nan; every value must be finite"),
        (
            GOOD.astype(float) * 1e300,
            [0, 1],
            "logits[0, 1] = 1e+300 is beyond float32, whose largest is 3.4e+38",
        ),
        (GOOD * 1j, [0, 1], "logits has dtype complex64; allowed are real numbers"),
    ],
)
def test_bad_arrays_are_refused_with_their_values(
    logits: object, labels: object, words: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        checked_logits(logits, labels)  # type: ignore[arg-type]
    assert str(refusal.value) == words


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.float32, bool])
def test_labels_of_any_numeric_dtype_are_taken(dtype: type) -> None:
    scores, labels = checked_logits(GOOD, np.array([1, 0], dtype))
    assert labels.dtype == jnp.int32 and labels.tolist() == [1, 0]
    assert scores.dtype == jnp.float32


def test_jax_arrays_and_small_floats_are_taken() -> None:
    assert finite("x", jnp.ones(3, jnp.bfloat16)).dtype == jnp.float32
    assert flags("leaked", jnp.array([True, False])).tolist() == [True, False]


def test_while_tracing_shapes_are_checked_and_values_are_not() -> None:
    traced = jax.jit(lambda x, y: checked_logits(x, y)[0].sum())
    assert np.isnan(traced(GOOD * np.nan, np.array([7, 7])))
    with pytest.raises(ValueError, match="labels has shape"):
        traced(GOOD, np.array([0]))
    with pytest.raises(ValueError, match="labels has shape"):
        jax.vmap(checked_logits)(GOOD[None], np.array([[0]]))


def test_concrete_arrays_are_looked_at_while_others_are_traced() -> None:
    with pytest.raises(ValueError, match=r"labels\[1\] = 5"):
        jax.jit(lambda x: checked_logits(x, [0, 5])[0])(GOOD)
    with pytest.raises(ValueError, match="group 1 of num_groups = 2"):
        jax.jit(lambda x: x + checked_groups([0, 0], 2, 2))(GOOD[0])


def test_scalars_have_no_axes() -> None:
    assert shape("target", 1, "") == ()
    assert whole("target", 1, 2) == 1
    with pytest.raises(ValueError, match="target = 2; allowed are whole numbers from 0 to 1"):
        whole("target", 2, 2)
    with pytest.raises(ValueError, match=r"target = 2147483653; .* from 0 to 2147483647"):
        whole("target", 2**31 + 5, 2**33)
    with pytest.raises(ValueError, match=r"target has shape \(1,\); allowed is \[\]"):
        shape("target", [1], "")


def test_float64_is_checked_as_such_where_it_is_kept() -> None:
    assert reals("losses", [1e39], "n").tolist() == [1e39]
    with pytest.raises(ValueError, match=r"losses\[1\] = inf; every value must be finite"):
        reals("losses", [1e39, np.inf], "n")
    with pytest.raises(ValueError, match="losses must be concrete, not under jit"):
        jax.jit(lambda x: reals("losses", x, "n").sum())(GOOD[0])
