"""Fit a law as the command line asks and gather everything that is to be told about it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaxuim import laws
from jaxuim.cli.choosing import AUTO, best_form
from jaxuim.cli.forms import arranged, check_domain, chosen
from jaxuim.cli.options import points
from jaxuim.cli.reading import Table
from jaxuim.laws.forecasts.forecasting import forecast
from jaxuim.report.points import Points, Predicted
from jaxuim.report.verdicts import law_sentence

Array = NDArray[np.float64]
Ends = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Outcome:
    """A fit with what was derived from it; ``content`` is what ``--json`` prints."""

    data: Points
    fitted: laws.FitResult
    replicas: laws.BootstrapResult | None
    predicted: tuple[Predicted, ...]
    content: dict[str, Any]


def carry_out(
    given: argparse.Namespace, table: Table, columns: list[str], asked: dict[str, Array]
) -> Outcome:
    """Fit, resample, predict and forecast.

    Args:
        given: the arguments of ``jaxuim fit``.
        table: the rows chosen.
        columns: of ``--x``.
        asked: inputs of shape (m, inputs) for ``predict`` and ``forecast``, in that order.

    Raises:
        ValueError: the law and the table do not go together.
    """
    compared = None
    if given.form == AUTO:
        data = points(given, table, columns)
        form, compared = _told(given.table, lambda: best_form(data, given.scale))
    else:
        form = chosen(given.form)
    ordered = arranged(form, columns)
    check_domain(form, ordered, table)
    data = points(given, table, ordered)
    turned = {name: x[:, [columns.index(c) for c in ordered]] for name, x in asked.items()}
    for name in turned:
        _told(f"--{name}", partial(form.points, turned[name]))
    replicas = (
        _told(given.table, lambda: _resampled(given, form, data)) if given.bootstrap else None
    )
    fitted = replicas.fit if replicas else _told(given.table, lambda: _fitted(given, form, data))
    ends = (replicas or fitted).interval(given.confidence)
    predicted = _predicted(given, fitted, replicas, turned["predict"])
    ahead, forecast_card = _forecast(given, data, turned["forecast"])
    content = {
        "source": given.table,
        "where": [chosen.text for chosen in given.where],
        "inputs": dict(zip(form.inputs, ordered, strict=True)),
        "response": given.y,
        **fitted.card,
        "compared": compared,
        "intervals": {name: list(interval) for name, interval in ends.items()},
        "confidence": given.confidence,
        "intervals_from": _source(replicas),
        "bootstrap": _card(replicas, given.seed),
        "predictions": [row for found in predicted for row in _rows(ordered, found)],
        "forecast": forecast_card,
        "figure": str(given.out) if given.out else None,
        "sentence": law_sentence(data, fitted, ends, given.confidence) + _rank(compared),
    }
    return Outcome(data, fitted, replicas, (*predicted, *ahead), content)


def draw(given: argparse.Namespace, done: Outcome) -> None:
    """Write the figure."""
    from jaxuim.report.drawing import write_figure
    from jaxuim.report.law_figure import law_figure

    write_figure(
        lambda: law_figure(done.data, done.fitted, done.replicas, given.confidence, done.predicted),
        given.out,
    )


def _told(place: str, work: Callable[[], Any]) -> Any:
    """Return what the work returns; a refusal of the library begins with the place at fault."""
    try:
        return work()
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _fitted(given: argparse.Namespace, form: laws.Form, data: Points) -> laws.FitResult:
    return laws.fit(
        form,
        data.x,
        data.y,
        y_err=data.y_err,
        loss=given.loss,
        delta=given.delta,
        scale=given.scale,
    )


def _resampled(given: argparse.Namespace, form: laws.Form, data: Points) -> laws.BootstrapResult:
    return laws.bootstrap(
        form,
        data.x,
        data.y,
        groups=data.groups,
        y_err=data.y_err,
        loss=given.loss,
        delta=given.delta,
        scale=given.scale,
        replicas=given.bootstrap,
        seed=given.seed,
        method=given.resample,
    )


def _rank(compared: list[dict[str, Any]] | None) -> str:
    if not compared:
        return ""
    by = "held-out tails" if compared[0]["ordered_by"] == "held_out" else "AICc"
    converged = any(row["status"] == "ok" for row in compared)
    rank = "the best that converged" if converged else "the best, but none converged"
    return f" Of {len(compared)} laws compared by {by} it is {rank}."


def _source(replicas: laws.BootstrapResult | None) -> str:
    if replicas is None:
        return "delta method"
    return f"bootstrap ({replicas.method}, {len(replicas.u)} replicas)"


def _card(replicas: laws.BootstrapResult | None, seed: int) -> dict[str, Any] | None:
    if replicas is None:
        return None
    return {
        "replicas": len(replicas.u),
        "method": replicas.method,
        "clusters": replicas.clusters,
        "converged": replicas.converged,
        "status": replicas.status,
        "seed": seed,
    }


def _predicted(
    given: argparse.Namespace,
    fitted: laws.FitResult,
    replicas: laws.BootstrapResult | None,
    x: Array,
) -> tuple[Predicted, ...]:
    if not len(x):
        return ()
    mean = fitted.predict(x)
    lower = upper = np.full(len(x), np.nan)
    if replicas is not None:
        lower, upper = replicas.band(x, given.confidence)
    return (Predicted("prediction", x, mean, lower, upper),)


def _forecast(
    given: argparse.Namespace, data: Points, x: Array
) -> tuple[tuple[Predicted, ...], dict[str, Any] | None]:
    """Return the forecast for the figure, and for ``--json`` with what it rests on."""
    if not len(x):
        return (), None
    one = len(data.inputs) == 1
    found = _told(
        "--forecast",
        lambda: forecast(
            data.x[:, 0] if one else data.x,
            data.y,
            x[:, 0] if one else x,
            y_err=data.y_err,
            groups=data.groups,
            confidence=given.confidence,
        ),
    )
    shown = Predicted("forecast", x, found.mean, found.lower, found.upper)
    card = {name: getattr(found, name) for name in ("status", "reason", "weights")}
    return (shown,), {**card, "points": _rows(data.inputs, shown)}


def _rows(columns: Sequence[str], found: Predicted) -> list[dict[str, Any]]:
    rows = []
    for x, mean, lower, upper in zip(found.x, found.mean, found.lower, found.upper, strict=True):
        at = dict(zip(columns, x.tolist(), strict=True))
        rows.append({"x": at, "mean": float(mean), "lower": float(lower), "upper": float(upper)})
    return rows
