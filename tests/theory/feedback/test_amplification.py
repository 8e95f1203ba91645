"""The amplification map: other forms, symmetry, fixed points, folds and slopes."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import feedback as theory
from theory.feedback.simulated import sharpened

FEW = settings(max_examples=20, deadline=None)
shares = st.floats(0.0, 1.0)
inner = st.floats(0.01, 0.99)
sharpenings = st.floats(1.2, 4.0)
_next = jax.jit(theory.next_share)
_slope = jax.jit(jax.grad(theory.next_share))
_settled = jax.jit(theory.settled_share, static_argnames="generations")
_amplitude = jax.jit(theory.amplitude)
_fold = jax.jit(theory.fold)
_fold_share = jax.jit(theory.fold_share)
_growth = jax.jit(jax.grad(theory.amplitude))


@FEW
@given(share=inner, real=shares, s=shares, b=st.floats(1.0, 5.0))
def test_map_equals_its_form_in_odds(share: float, real: float, s: float, b: float) -> None:
    by_odds = float(sharpened(np.asarray(share), real, s, b))
    assert float(_next(share, real, s, b)) == pytest.approx(by_odds, abs=1e-12)
    mirrored = float(_next(1 - share, 1 - real, s, b))
    assert mirrored == pytest.approx(1 - by_odds, abs=1e-12)
    assert (1 - s) * real - 1e-12 <= by_odds <= (1 - s) * real + s + 1e-12
    assert float(_next(min(share + 0.01, 1.0), real, s, b)) >= by_odds - 1e-12


@FEW
@given(real=shares, product=st.floats(0.0, 0.9), b=st.floats(1.0, 5.0))
def test_below_the_pitchfork_all_starts_end_alike(real: float, product: float, b: float) -> None:
    ends = [float(_settled(p, real, product / b, b, generations=400)) for p in (0.0, 0.3, 1.0)]
    assert max(ends) - min(ends) < 1e-10
    assert (abs(ends[0] - 0.5) < 1e-9) == (abs(real - 0.5) < 1e-10)


@FEW
@given(s=shares, b=sharpenings)
def test_amplitude_is_the_stable_fixed_point(s: float, b: float) -> None:
    m = float(_amplitude(s, b))
    share = (1 + m) / 2
    assert float(_next(share, 0.5, s, b)) == pytest.approx(share, abs=1e-10)
    if s * b > 1.01:
        assert m > 0
        assert float(_slope(share, 0.5, s, b)) < 1
        assert float(_slope(0.5, 0.5, s, b)) > 1
        if m < 0.999:
            assert float(theory.reentry_of(share, 0.5, b)) == pytest.approx(s, rel=1e-6)
    elif s * b < 1:
        assert m == 0.0


@FEW
@given(s=st.floats(0.55, 0.99))
def test_amplitude_and_its_slope_for_sharpening_two(s: float) -> None:
    m = float(_amplitude(s, 2.0))
    assert m == pytest.approx(np.sqrt(2 * s - 1), rel=1e-12)
    slope = float(_growth(s, 2.0))
    assert slope == pytest.approx(1 / np.sqrt(2 * s - 1), rel=1e-8)


@FEW
@given(b=sharpenings, excess=st.floats(1e-7, 1e-3))
def test_onset_is_the_leading_order(b: float, excess: float) -> None:
    s = (1 + excess) / b
    ratio = float(theory.amplitude_onset(s, b)) / float(_amplitude(s, b))
    assert abs(ratio - 1) < 2 * excess + 1e-7
    assert float(theory.amplitude_onset((1 - excess) / b, b)) == 0.0


@FEW
@given(s=st.floats(0.5, 0.95), b=st.floats(2.2, 4.0))
def test_fold_is_the_least_pull_that_holds_the_upper_branch(s: float, b: float) -> None:
    h, m = (float(v) for v in _fold(s, b))
    grid = np.linspace(1e-4, 1 - 1e-4, 20_001)
    pulls = grid - s * np.tanh(b * np.arctanh(grid))
    assert h == pytest.approx(pulls.min(), abs=1e-7)
    assert abs(grid[pulls.argmin()] - m) < 2e-4
    real = (1 + h / (1 - s)) / 2
    assert float(_fold_share(s, b)) == pytest.approx(real)
    if real > 0:
        assert float(_slope((1 + m) / 2, real, s, b)) == pytest.approx(1.0, abs=1e-8)


def test_fold_differentiates() -> None:
    step = 1e-6
    pull = lambda s: _fold(s, 2.0)[0]
    slope = float(jax.jit(jax.grad(pull))(0.7))
    assert slope == pytest.approx(float(pull(0.7 + step) - pull(0.7 - step)) / (2 * step), rel=1e-6)


def test_no_sharpening_never_tips() -> None:
    assert float(theory.critical_reentry(1.0)) == 1.0
    assert float(_settled(0.9, 0.5, 0.95, 1.0, generations=2000)) == pytest.approx(0.5, abs=1e-12)
