"""Tests for theory/imbalance/trained.py: the library's trainers on networks with free features."""

import jax.numpy as jnp
import numpy as np

from theory.imbalance import class_objective, deep_singular_value, kept_strength, singular_value
from theory.imbalance.minimise import best_network, product
from theory.imbalance.trained import class_logits, keeping_costs, strengths, train

COUNTS = (20, 9, 4)


def test_two_factors_reach_the_soft_threshold_from_random_weights():
    decay = np.sqrt(6.0) / sum(COUNTS)
    factors = train(COUNTS, [decay, 2 * decay], steps=400)
    assert [factor.shape for factor in factors] == [(2, 4, 33), (2, 3, 4)]
    found = strengths(factors, COUNTS)
    wide = jnp.array(COUNTS, dtype=float)
    np.testing.assert_allclose(found[0], singular_value(wide, 6.0), atol=1e-4)
    np.testing.assert_allclose(found[1], singular_value(wide, 24.0), atol=1e-4)
    exact = best_network(COUNTS, [decay, decay], np.random.default_rng(0))
    np.testing.assert_allclose(factors[1][0] @ factors[0][0], product(exact), atol=1e-4)
    others = class_logits(factors, COUNTS)[0] * (1 - np.eye(3))
    np.testing.assert_allclose(others, 0.0, atol=1e-4)


def test_three_factors_end_where_they_start():
    scale = 2.0
    options = {"factors": 3, "optimizer": "sgd", "rate": 0.04, "steps": 500}
    factors = train(COUNTS, [scale / sum(COUNTS)] * 2, starts=[2.0, 0.02], **options)
    strong, weak = strengths(factors, COUNTS)
    for count, found in zip(COUNTS, strong, strict=True):
        np.testing.assert_allclose(found, kept_strength(count, 3, 1, scale), atol=1e-4)
    np.testing.assert_allclose(weak, 0.0, atol=1e-4)
    assert float(deep_singular_value(9, 3, 1, scale)) == 0.0 < strong[1]


def test_keeping_a_class_costs_what_the_closed_form_says():
    """Factors that are balanced and turned at random: the objective knows nothing of either."""
    rng, decay, wide = np.random.default_rng(0), 2.0 / sum(COUNTS), np.array(COUNTS, dtype=float)
    values = np.asarray([kept_strength(n, 3, 1, 2.0) for n in COUNTS]) + 0.1
    members = np.repeat(np.eye(3), COUNTS, axis=1) / np.sqrt(wide)[:, None]
    first, second = (np.linalg.qr(rng.standard_normal((4, 4)))[0][:, :3] for _ in range(2))
    size = np.diag(values ** (1 / 3))
    factors = [first @ size @ members, second @ size @ first.T, size @ second.T]
    expected = class_objective(values, wide, 3, sum(COUNTS), decay)
    np.testing.assert_allclose(keeping_costs(factors, COUNTS, decay), expected, atol=1e-12)
