"""Composition: canonical order, own levels and uniforms, refusals."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.biases import Examples, Facts
from jaxuim.biases import apply as apply_now
from jaxuim.biases.imbalance import long_tail
from jaxuim.biases.label_noise import symmetric
from jaxuim.biases.spurious import shortcut

K, N = 7, 120


def _by_example(slots):
    """Return the labels of the examples, i32[N], that clean slots show in their own order."""
    return jnp.zeros_like(slots.label).at[slots.index].set(slots.label)


@partial(jax.jit, static_argnums=(0, 1, 6))
def apply(names, settings, slots, levels, samples, uniforms, classes):
    dials = jnp.zeros_like(levels)
    examples = Examples(_by_example(slots))
    return apply_now(names, settings, slots, levels, dials, samples, uniforms, classes, examples)


NAMES = ("symmetric_label_noise", "long_tail", "spurious_correlation")
LEVELS = jnp.array([0.4, 0.9, 0.5])


def test_the_order_is_sampling_input_label_whatever_the_order_of_names(random_run) -> None:
    slots, _, _ = random_run(1)
    uniforms = np.stack([random_run(seed).uniforms for seed in (2, 3, 4)])
    known = Examples(_by_example(slots))
    for chosen in ([0, 1, 2], [2, 1, 0]):
        noise, tail, tie = (
            Facts(100, u, K, known, 1 << chosen.index(k)) for k, u in enumerate(uniforms)
        )
        expected = long_tail(slots, LEVELS[1], tail)
        expected = symmetric(shortcut(expected, LEVELS[2], tie), LEVELS[0], noise)
        names = tuple(NAMES[k] for k in chosen)
        got = apply(names, ((),) * 3, slots, LEVELS[jnp.array(chosen)], 100, uniforms[chosen], K)
        assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))


def test_the_shortcut_follows_the_clean_label(random_run) -> None:
    slots, uniforms, labels = random_run(9)
    both = np.stack([uniforms, random_run(10).uniforms])
    names = ("symmetric_label_noise", "spurious_correlation")
    got = apply(names, ((), ()), slots, jnp.ones(2), N, both, K)
    assert np.array_equal(got.attribute, labels[got.index])
    assert not np.any(got.label == got.attribute)


def test_no_bias_and_level_zero_return_the_slots(random_run) -> None:
    slots, uniforms, _ = random_run(1)
    known, none = Examples(slots.label), jnp.zeros(0)
    assert apply_now((), (), slots, none, none, N, np.zeros((0, 3, N)), K, known) is slots
    got = apply(NAMES, ((),) * 3, slots, jnp.zeros(3), N, np.stack([uniforms] * 3), K)
    assert all(np.array_equal(a, b) for a, b in zip(got, slots, strict=True))


def test_unknown_names_and_missing_settings_are_refused(random_run) -> None:
    slots, uniforms, _ = random_run(1)
    with pytest.raises(ValueError, match="'dust' is unknown; known are additive_noise"):
        apply(("dust",), ((),), slots, jnp.ones(1), N, uniforms[None], K)
    with pytest.raises(ValueError, match="1 biases were given with 0 tables"):
        apply(("long_tail",), (), slots, jnp.ones(1), N, uniforms[None], K)


@pytest.mark.parametrize(
    "names",
    [
        ("backdoor", "long_tail"),
        ("canaries", "test_contamination"),
        ("additive_noise", "duplication"),
        ("swapped_pairs", "underrepresented_subgroup"),
        ("instance_dependent_label_noise", "synthetic_contamination"),
        ("two_shortcuts", "ood_contamination"),
    ],
)
def test_two_at_once_leave_consistent_slots(random_facts, names: tuple[str, str]) -> None:
    slots, facts = random_facts(3)
    both = jnp.stack([facts.uniforms, random_facts(4)[1].uniforms])

    @jax.jit
    def pair(levels):
        dials, spans = jnp.full(2, 3.0), ((120, 40), (120, 40))
        given = slots, levels, dials, jnp.int32(100), both, K, facts.examples, spans
        return apply_now(names, ((), ()), *given)

    assert all(np.array_equal(a, b) for a, b in zip(pair(jnp.zeros(2)), slots, strict=True))
    one, two = (np.asarray(pair(jnp.eye(2)[k]).marks) for k in (0, 1))
    assert set(one) <= {0, 1} and set(two) <= {0, 2} and one.any() and two.any()
    got = pair(jnp.array([0.6, 0.6]))
    assert set(np.asarray(got.marks)) <= {0, 1, 2, 3} and (np.asarray(got.marks) == 3).any()
    plain = (np.asarray(got.marks) == 0) & (np.arange(N) < 100)
    assert plain.any() and np.array_equal(got.index[plain], slots.index[plain])
    assert np.array_equal(got.label[plain], slots.label[plain])
