"""Tests for theory/imbalance/trained.py: the library's trainers on networks with free features."""

import jax.numpy as jnp
import numpy as np

from theory.imbalance import deep_singular_value, kept_strength, singular_value
from theory.imbalance.minimise import best_network, product
from theory.imbalance.trained import class_logits, strengths, train

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
