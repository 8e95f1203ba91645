"""Joint effects of two biases: zero interaction exactly for sums, Student's interval otherwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.laws import joint_effect

VALUES = st.lists(st.floats(-5, 5), min_size=6, max_size=6)


@given(VALUES, VALUES, VALUES)
def test_additive_effects_do_not_interact(clean, first, second):
    y0, d1, d2 = (np.array(v) for v in (clean, first, second))
    found = joint_effect(y0 + d1 + d2, y0 + d1, y0 + d2, y0)
    assert float(found.interaction.mean) == pytest.approx(0.0, abs=1e-12)
    assert float(found.joint.mean) == pytest.approx(np.mean(d1) + np.mean(d2), abs=1e-9)


@given(VALUES, VALUES, VALUES, VALUES)
def test_the_biases_may_change_places(both, first, second, clean):
    one = joint_effect(both, first, second, clean)
    two = joint_effect(both, second, first, clean)
    assert float(one.interaction.mean) == pytest.approx(float(two.interaction.mean), abs=1e-9)
    assert float(one.first.mean) == float(two.second.mean)


def test_interval_is_that_of_a_t_test_on_the_contrast():
    rng = np.random.default_rng(0)
    y12, y1, y2, y0 = rng.standard_normal((4, 10))
    known = stats.ttest_1samp(y12 - y1 - y2 + y0, 0.0)
    found = joint_effect(y12, y1, y2, y0).interaction
    ends = known.confidence_interval(0.95)
    assert (float(found.lower), float(found.upper)) == pytest.approx((ends.low, ends.high))
    assert float(found.p_value) == pytest.approx(known.pvalue)


def test_a_diverged_run_drops_its_seed_and_shapes_must_agree():
    y = np.arange(4.0)
    assert int(joint_effect([np.nan, 1, 2, 3], y, y, y).interaction.n) == 3
    with pytest.raises(ValueError, match="shapes differ"):
        joint_effect(y, y, y[:3], y)
