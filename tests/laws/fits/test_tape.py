"""Recorded programs give what JAX gives, with few operations, and compile what they lack."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.laws import FORMS
from jaxuim.laws.fits.newton import derivatives
from jaxuim.laws.fits.tape import Compiled, Tape, record


def by_jax(form, x, u):
    """Value, gradient and Hessian of a law at one point by JAX alone."""
    law = lambda u: form.function(*x, *form.natural(u))
    with jax.enable_x64(True):
        u = jnp.asarray(u)
        every = jax.jit(lambda u: (law(u), jax.jacfwd(law)(u), jax.hessian(law)(u)))
        return [np.asarray(leaf) for leaf in every(u)]


@pytest.mark.parametrize("name", ["chinchilla", "hill", "m4", "power"])
def test_derivatives_of_every_form(name):
    form = FORMS[name]
    rng = np.random.default_rng(len(name))
    p, k = len(form.names), len(form.inputs)
    x = np.sort(rng.uniform(0.5, 3.0, (k, 1)), axis=0)
    u = 0.3 * rng.standard_normal(p)
    found = derivatives(form)(*x[:, None], *u[:, None, None])
    value, gradient, hessian = by_jax(form, x[:, 0], u)
    lower = [hessian[j, i] for j in range(p) for i in range(j + 1)]
    wanted = np.array([value, *gradient, *lower])
    assert np.array([float(np.squeeze(v)) for v in found]) == pytest.approx(
        wanted, rel=1e-8, abs=1e-10, nan_ok=True
    )


def test_equal_operations_are_done_once():
    program = record(lambda x, a: [jnp.exp(a * x) + jnp.exp(a * x), jnp.exp(a * x)], 2)
    assert len(program._operations) == 3


def test_bound_programs_drop_choices_that_x_has_made():
    program = record(lambda x, a: [jnp.where(x > 0, a * jnp.log(x), 0.0)], 2)
    x = np.array([[1.0, 2.0]])
    bound = program.bound(x)
    assert len(bound._operations) == 1
    assert bound(np.array([[3.0]]))[0] == pytest.approx(3.0 * np.log(x))


def test_programs_of_some_curves():
    x = np.arange(1.0, 7.0).reshape(3, 2)
    program = record(lambda x, a: [a * x], 2).bound(x)
    assert program.of(np.array([2, 0]))(np.array([[1.0], [10.0]]))[0].tolist() == [
        [5.0, 6.0],
        [10.0, 20.0],
    ]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, a: [jnp.sum(jnp.stack([x, a])), a],
        lambda x, a: [jax.lax.while_loop(lambda v: v < 10.0, lambda v: v + x, a), a],
        lambda x, a: [jax.scipy.special.i0(x) * a, a],
    ],
)
def test_what_numpy_lacks_is_compiled(function):
    program = record(function, 2)
    assert isinstance(program, Compiled)
    x, a = np.array([[1.0, 2.0, 3.0]]), np.array([[0.5], [1.5]])
    found = program.bound(x)(a)
    with jax.enable_x64(True):
        wanted = np.array([[float(function(v, b[0])[0]) for v in x[0]] for b in a])
    assert found[0] == pytest.approx(wanted)
    assert program.bound(x).first()(a)[0] == pytest.approx(wanted)
    two = program.bound(np.repeat(x, 2, axis=0)).of(np.array([1]))(a[1:])
    assert two[0] == pytest.approx(wanted[1:])


def test_loops_of_fixed_length_are_written_out():
    newton = lambda x, a: [jax.lax.fori_loop(0, 6, lambda _, v: 0.5 * (v + x / v), a)]
    program = record(newton, 2)
    assert isinstance(program, Tape)
    assert program(np.array([9.0]), np.array([2.0]))[0] == pytest.approx([3.0])


def test_constants_are_known():
    program = record(lambda x, a: [0.0 * x, a * 1.0, jnp.float64(2.0) + 1.0], 2)
    assert program.outputs == (0.0, None, 3.0)
    assert not program._operations
