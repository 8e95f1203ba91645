"""Simulated nulls: the five per cent point of a kink, memory per design, agreement with data."""

import numpy as np

from jaxuim.laws import hinge, nulls
from jaxuim.laws.checks import sample


def test_the_simulated_five_percent_point_is_that_of_a_kink():
    """About 6.3 with 15 % trimming (a mean break has 8.7); 10 % trimming raises it a little."""
    data = sample(np.linspace(0, 1, 400), np.zeros(400), None)
    model = hinge.profile(data)
    inner = (model.grid >= 0.15) & (model.grid <= 0.85)
    trimmed = model._replace(
        grid=model.grid[inner], direction=model.direction[:, inner], size=model.size[:, inner]
    )
    rng = np.random.default_rng(0)
    narrow, wide = (
        np.quantile(nulls.largest_f(data, m, 4000, rng), 0.95) for m in (trimmed, model)
    )
    # the standard error of these quantiles is 0.1
    assert 5.9 < narrow < 6.7
    assert narrow - 0.1 < wide < 7.2


def test_a_design_is_simulated_once_whatever_its_units():
    x = np.linspace(0.0, 1.0, 17)
    first = nulls.simulated(sample(x, x, None), 100, 3)
    again = nulls.simulated(sample(50.0 * x - 3.0, -x, np.full(17, 4.0)), 100, 3)
    assert again is first
    assert nulls.simulated(sample(x**2, x, None), 100, 3) is not first


def test_the_null_is_the_statistic_of_simulated_lines():
    """The same noise through the estimator's own path gives the same numbers."""
    x = np.linspace(0.0, 1.0, 17)
    noise = np.random.default_rng(3).standard_normal((20, 17))
    expected = []
    for row in noise:
        model = hinge.profile(sample(x, 2.0 + 3.0 * x + row, None))
        expected.append(hinge.largest_f(hinge.gain(model).max(), model.rss, 17))
    assert np.allclose(nulls.simulated(sample(x, x, None), 20, 3), expected)


def test_groups_concentration_is_at_most_their_number():
    x, groups = np.tile(np.linspace(0, 1, 9), 4), np.repeat(np.arange(4), 9)
    values = nulls.simulated(sample(x, x, None, groups), 200, 0)
    assert np.all((values > 0) & (values <= 4))
