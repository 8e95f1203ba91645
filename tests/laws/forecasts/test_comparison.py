"""Comparison of forms: the true one wins, tails are held out, what cannot be scored comes last."""

import json

import numpy as np
import pytest

from jaxuim.laws import compare, fit

X = np.geomspace(10.0, 10240.0, 16)
FORMS = ["power", "saturating_power"]


def test_the_true_form_comes_first_by_both_scores():
    rng = np.random.default_rng(0)
    found = compare(FORMS, X, (0.3 + 2.0 * X**-0.5) * np.exp(0.01 * rng.standard_normal(16)))
    assert (found.best.name, found.by, found.scale) == ("saturating_power", "held_out", "log")
    assert found.best.excess == 0.0
    assert found.rows[1].excess > 10.0
    assert found.best.held_out < 0.05 < found.rows[1].held_out


def test_order_of_forms_does_not_matter():
    y = 0.3 + 2.0 * X**-0.5
    one, two = compare(FORMS, X, y), compare(FORMS[::-1], X, y)
    assert [row.name for row in one.rows] == [row.name for row in two.rows]


def test_a_tail_is_the_error_of_a_fit_to_the_rest():
    y = 0.3 + 2.0 * X**-0.5
    found = compare(["power"], X, y, horizons=[4.0])
    kept = X[-1] / 4 >= X
    said = fit("power", X[kept], y[kept], scale="log").predict(X[~kept])
    error = np.sqrt(np.mean(np.log(said / y[~kept]) ** 2))
    assert found.best.tails == {4.0: pytest.approx(error)}
    assert found.best.held_out == pytest.approx(error)


def test_without_room_for_tails_aicc_decides():
    found = compare(FORMS, X[:9], 0.3 + 2.0 * X[:9] ** -0.5, horizons=[100.0])
    assert found.by == "aicc"
    assert found.best.name == "saturating_power"
    assert np.isnan(found.best.held_out)


def test_curves_through_zero_are_compared_on_a_linear_scale():
    found = compare(["saturating_power", "logistic"], X, 1.0 - 4.0 * X**-0.5)
    assert found.scale == "linear"
    assert found.best.name == "saturating_power"


def test_missing_rows_do_not_count():
    y = 0.3 + 2.0 * X**-0.5
    lost = np.where(np.arange(16) == 15, np.nan, y)
    one, two = compare(FORMS, X, lost), compare(FORMS, X[:15], y[:15])
    assert one.best.held_out == pytest.approx(two.best.held_out, rel=1e-6)


def test_card_is_json():
    card = json.loads(json.dumps(compare(FORMS, X, 0.3 + 2.0 * X**-0.5).card))
    assert card[0]["form"] == "saturating_power"
    assert set(card[0]["tails"]) == {"2", "4", "8"}


BAD = [
    ({"forms": []}, "forms is empty"),
    ({"horizons": [1.0]}, "must be above 1"),
    ({"x": -X}, "positive and finite"),
    ({"y": X[:3]}, "y has shape"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_wrong_input_is_an_error(change, message):
    arguments = {"forms": FORMS, "x": X, "y": X**-0.5} | change
    with pytest.raises(ValueError, match=message):
        compare(arguments.pop("forms"), arguments.pop("x"), arguments.pop("y"), **arguments)
