"""The posterior over shapes and locations: masses, quantiles, calibration of the interval."""

import numpy as np
import pytest

from jaxuim.laws.checks import sample
from jaxuim.laws.tips import posterior
from jaxuim.laws.tips.designs import independent
from jaxuim.laws.tips.tipping import tipping_points

X = np.linspace(0.0, 1.0, 40)


def pieces_of(y, kind="auto", x=X):
    design, curve = independent(sample(x, y, None))
    return posterior.posteriors(design, [curve], kind)[0]


def noisy(mean, seed, size=0.05):
    return mean + size * np.random.default_rng(seed).standard_normal(mean.shape)


def test_masses_sum_to_one_and_quantiles_rise():
    pieces = pieces_of(noisy(np.maximum(X - 0.5, 0), 0))
    assert sum(piece.share for piece in pieces) == pytest.approx(1.0)
    found = posterior.quantiles(pieces, np.linspace(0.01, 0.99, 30))
    assert np.all(np.diff(found) >= 0)
    assert X[1] <= found[0] <= found[-1] <= X[-2]


def test_finer_cells_change_nothing_where_coarse_ones_do(monkeypatch):
    y = noisy(1 / (1 + np.exp(-(X - 0.52) / 0.05)), 1)
    base = posterior.quantiles(pieces_of(y), np.array([0.025, 0.5, 0.975]))
    monkeypatch.setattr(posterior, "T_CELLS", 400)
    monkeypatch.setattr(posterior, "S_CELLS", 30)
    fine = posterior.quantiles(pieces_of(y), np.array([0.025, 0.5, 0.975]))
    assert base == pytest.approx(fine, abs=0.004)


def test_repeating_the_data_narrows_the_interval_by_the_root_of_the_number():
    y = noisy(1 / (1 + np.exp(-(X - 0.52) / 0.06)), 2, 0.03)
    lengths = []
    for times in (1, 4):
        pieces = pieces_of(np.tile(y, times), "sigmoid", np.tile(X, times))
        lengths.append(np.ptp(posterior.quantiles(pieces, np.array([0.025, 0.975]))))
    assert lengths[1] / lengths[0] == pytest.approx(0.5, rel=0.15)


def test_a_mass_on_a_single_cell_has_quantiles_within_it():
    pieces = pieces_of(np.where(X > 0.5, 1.0, 0.0), "jump")
    low, middle, high = posterior.quantiles(pieces, np.array([0.001, 0.5, 0.999]))
    assert X[19] <= low <= middle <= high <= X[20]
    assert middle == pytest.approx((X[19] + X[20]) / 2)


SHAPES = {
    "kink": lambda t: 0.5 - 0.4 * X + 1.2 * np.maximum(X - t, 0),
    "jump": lambda t: 0.3 + 0.5 * (t < X),
    "sigmoid": lambda t: 0.8 / (1 + np.exp(-(X - t) / 0.06)),
    "onset": lambda t: -0.7 * np.expm1(-np.maximum(X - t, 0) / 0.15),
}


@pytest.mark.parametrize("name", SHAPES)
def test_intervals_of_the_automatic_call_cover(name):
    rng = np.random.default_rng(3)
    truth = rng.uniform(0.25, 0.75, 250)
    y = np.stack([SHAPES[name](t) for t in truth]) + 0.04 * rng.standard_normal((250, 40))
    points = tipping_points(X, y)
    hits = [
        p.interval[0] <= t <= p.interval[1]
        for p, t in zip(points, truth, strict=True)
        if p.interval is not None
    ]
    assert len(hits) > 200
    assert 0.93 - 3.5 * np.sqrt(0.93 * 0.07 / len(hits)) < np.mean(hits) < 0.995


def test_each_kind_asked_for_covers_on_its_own_shape():
    rng = np.random.default_rng(4)
    for kind in ("kink", "jump", "sigmoid"):
        truth = rng.uniform(0.25, 0.75, 150)
        y = np.stack([SHAPES[kind](t) for t in truth]) + 0.03 * rng.standard_normal((150, 40))
        points = tipping_points(X, y, kind=kind)
        hits = [
            p.interval[0] <= t <= p.interval[1]
            for p, t in zip(points, truth, strict=True)
            if p.interval is not None
        ]
        assert len(hits) > 100
        assert np.mean(hits) > 0.95 - 3.5 * np.sqrt(0.05 * 0.95 / 150)
