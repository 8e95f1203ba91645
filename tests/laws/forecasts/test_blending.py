"""Shares of the laws of a blend: who predicts the held-out rows, who is unusable."""

import numpy as np
import pytest

from jaxuim.laws.forecasts.blending import _shares, blend, laws


def test_shares_follow_the_squared_held_out_error():
    errors = np.array([[0.1, -0.1], [0.2, 0.2], [0.1, 0.1]])
    shares = _shares(errors, usable=np.array([True, True, True]))
    assert shares == pytest.approx(np.array([16.0, 1.0, 16.0]) / 33.0)


def test_an_unusable_law_has_no_share():
    errors = np.array([[0.1], [0.2], [np.nan]])
    shares = _shares(errors, usable=np.array([False, True, True]))
    assert shares.tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(_shares(errors, usable=np.zeros(3, dtype=bool))).all()
    assert _shares(np.zeros((2, 0)), usable=np.ones(2, dtype=bool)).tolist() == [0.5, 0.5]


def test_blend_of_a_sum_of_powers_and_its_uncertainty():
    rng = np.random.default_rng(0)
    x = 10 ** rng.uniform(0, 2, (2, 30))
    x = x[:, np.argsort(x.prod(axis=0))]
    law = lambda x: 0.5 + 2.0 * x[0] ** -0.4 + 3.0 * x[1] ** -0.6
    far = np.array([[200.0, 2000.0], [200.0, 2000.0]])
    found = blend(x, np.log(law(x)), np.ones(30), far)
    assert list(found.weights) == [form.name for form in laws(2)]
    assert found.shares @ found.new == pytest.approx(np.log(law(far)), rel=1e-4)
    small, large = found.uncertainty(0.001), found.uncertainty(0.01)
    assert np.all(small < large)
    assert large[1] > large[0]
