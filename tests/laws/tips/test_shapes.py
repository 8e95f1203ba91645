"""Shapes of tipping points: what they look like, their priors, their directions."""

import numpy as np
import pytest

from jaxuim.laws.tips.shapes import (
    SHAPES,
    chosen,
    directions,
    location_edges,
    polynomial,
    scale_edges,
)

X = np.linspace(0.0, 1.0, 21)


@pytest.mark.parametrize("kind", ["auto", "kink", "jump", "sigmoid"])
def test_priors_sum_to_one(kind):
    assert sum(shape.prior for shape in chosen(kind)) == pytest.approx(1.0)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_directions_are_orthonormal_and_free_of_the_background(shape):
    background = polynomial(X, shape.degree, np.eye(21))
    found = directions(
        shape, X, np.array([0.33, 0.6]), np.array([0.1, 0.5]), np.eye(21), background
    )
    assert len(found) + shape.degree + 1 == shape.size
    for i, one in enumerate(found):
        assert np.allclose(one @ background, 0, atol=1e-12)
        for j, other in enumerate(found):
            assert np.allclose(np.sum(one * other, axis=1), float(i == j), atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_shape_changes_at_its_location_only_by_what_it_says(shape):
    """Kinks are continuous, jumps are not; sigmoids are half-way at their middle."""
    near = np.array([-1e-9, 1e-9])
    values = shape.columns(near[None], np.array([[0.5]]))[0][0]
    step = abs(values[1] - values[0])
    assert (step > 0.5) == (shape.kind == "jump")
    if shape.kind == "sigmoid":
        assert values[0] == pytest.approx(0.5)


@pytest.mark.parametrize("count", [5, 6, 11, 60])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_cells_rise_and_stay_inside(shape, count):
    x = np.linspace(0.0, 1.0, count)
    t, s = location_edges(shape, x, 10), scale_edges(shape, x, 4)
    assert len(t) >= 2 and np.all(np.diff(t) > 0) and np.all(np.diff(s) > 0)
    assert x[1] <= t[0] and t[-1] <= x[-2]


def test_every_shape_has_its_mirror_image_with_the_same_prior():
    found = {shape.name: shape for shape in SHAPES}
    for name, shape in found.items():
        turned = found[", ".join(reversed(name.split(", ")))]
        assert turned.prior == shape.prior
        d, s = (X - 0.4)[None], np.array([[0.3]])
        if shape.kind == "kink" and shape.degree == 0:
            assert np.allclose(shape.columns(d, s)[0], turned.columns(-d, s)[0])


def test_polynomials_lose_rank_gracefully():
    assert polynomial(X, 2, np.eye(21)).shape == (21, 3)
    assert polynomial(np.repeat([0.0, 1.0], 3), 2, np.eye(6)).shape == (6, 2)
