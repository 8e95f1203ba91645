"""The matrix of biases and consequences as one heat map."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jaxuim.report import labels
from jaxuim.report.drawing import INK
from jaxuim.sweep.matrix_cells import records

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

KEYS = ["measure", "task", "adaptation"]
CELL, ROW = 0.37, 0.25  # inches
TOP = 10.0  # |g| from which on colours no longer change
_CHARACTER = 0.06  # inches of a character of a label
_GAP = 0.55  # a family's heading takes this share of a row or column
_HARM = ("#0b5a94", "#8fc1e3", "#ffffff", "#f2b48f", "#b3400a")
_NEUTRAL = ("#6b7480", "#c5cbd2", "#ffffff", "#c5cbd2", "#6b7480")
_PALE, _EDGE = "#f1f3f5", "#c9cfd6"


@dataclass(frozen=True)
class Axis:
    """Rows or columns in order, with the place of each and of the families' headings."""

    names: tuple[Any, ...]
    places: tuple[float, ...]
    families: tuple[tuple[str, float], ...]
    length: float


def arranged(names: Sequence[Any], families: Sequence[str]) -> Axis:
    """Return names put together by family, families in the order in which they first appear.

    >>> arranged(["a", "b", "c"], ["x", "y", "x"]).names
    ('a', 'c', 'b')
    """
    order = list(dict.fromkeys(families))
    pairs = sorted(zip(families, names, strict=True), key=lambda pair: order.index(pair[0]))
    places: list[float] = []
    headings = []
    end = 0.0
    for family, members in groupby(pairs, key=lambda pair: pair[0]):
        headings.append((family, end + _GAP / 2))
        end += _GAP
        for _ in members:
            places.append(end + 0.5)
            end += 1.0
    return Axis(tuple(name for _, name in pairs), tuple(places), tuple(headings), end)


def rows_of(cells: pd.DataFrame) -> Axis:
    """Return the variants of a matrix by family."""
    table = cells.drop_duplicates("variant")
    return arranged(table["variant"].tolist(), table["family"].tolist())


def columns_of(cells: pd.DataFrame) -> Axis:
    """Return the consequences of a matrix by family."""
    table = cells.drop_duplicates(KEYS)
    names = list(table[KEYS].itertuples(index=False, name=None))
    return arranged(names, table["consequence"].tolist())


def usual_place(cells: pd.DataFrame) -> tuple[str, str]:
    """Return the task and adaptation that most consequences are read at."""
    table = cells.drop_duplicates(KEYS)
    places = list(zip(table["task"], table["adaptation"], strict=True))
    return max(places, key=places.count)


def column_label(column: tuple[str, str, str], usual: tuple[str, str]) -> str:
    """Return a consequence in words; where it is read is left out if that is the usual place.

    >>> column_label(("error", "upstream", "none"), ("far_ood", "linear_probe"))
    'error, upstream'
    >>> column_label(("error", "far_ood", "linear_probe"), ("far_ood", "linear_probe"))
    'error'
    """
    measure, task, adaptation = column
    name = labels.measure(measure)
    if (task, adaptation) == usual:
        return name
    if task == usual[0] and adaptation == "none":
        return name
    where = labels.task(task)
    if adaptation not in ("none", usual[1]):
        where += f", {labels.adaptation(adaptation)}"
    return f"{name}, {where}"


def row_label(row: Mapping[str, Any]) -> str:
    """Return a variant in words with its reference level.

    >>> row_label({"variant": "long_tail", "reference": 0.75})
    'long tail 0.75'
    """
    level = row["reference"]
    known = level is not None and np.isfinite(float(level))
    return labels.plain(row["variant"]) + (f" {labels.number(level)}" if known else "")


def matrix_figure(cells: pd.DataFrame, confidence: float) -> "Figure":
    """Return the heat map of a matrix, as ``jaxuim.sweep.inheritance_matrix`` gives it.

    It takes its looks from ``STYLE``, which must be in force (``matplotlib.rc_context``).
    """
    from matplotlib.figure import Figure

    rows, columns, usual = rows_of(cells), columns_of(cells), usual_place(cells)
    by_variant = cells.drop_duplicates("variant").set_index("variant", drop=False)
    row_names = [row_label(by_variant.loc[name]) for name in rows.names]
    column_names = [labels.sentence(column_label(one, usual)) for one in columns.names]
    shown = [*column_names, *(name for name, _ in columns.families)]
    left = 0.3 + _CHARACTER * max(len(name) for name in row_names)
    slanted = 0.7 * _CHARACTER * max(map(len, shown)) + 0.1
    ends = (CELL * (columns.length - x) for x in columns.places)
    over = (0.7 * _CHARACTER * len(t) - end for t, end in zip(column_names, ends, strict=True))
    wide, high = CELL * columns.length, ROW * rows.length
    right = 0.15 + max(0.0, *over)
    note = textwrap.wrap(_note(confidence), width=max(40, int((left + wide + right) * 17.5)))
    foot = 0.52 + 0.13 * len(note)
    width, height = left + wide + right, slanted + high + foot
    figure: Figure = Figure(figsize=(width, height))
    box = (left / width, foot / height, wide / width, high / height)
    axes = figure.add_axes(box)
    _frame(axes, rows, columns, row_names, column_names)
    scale = _scale()
    for cell in records(cells):
        x = columns.places[columns.names.index(tuple(cell[key] for key in KEYS))]
        y = rows.places[rows.names.index(cell["variant"])]
        _draw(axes, x, y, cell, scale)
    _key(figure, scale, left / width, (foot - 0.3) / height)
    style: dict[str, Any] = {"fontsize": 7, "color": "#59636e", "va": "bottom", "ha": "left"}
    figure.text(0.1 / width, 0.05 / height, "\n".join(note), **style)
    return figure


def _frame(
    axes: "Axes", rows: Axis, columns: Axis, row_names: list[str], column_names: list[str]
) -> None:
    axes.set_xlim(0, columns.length)
    axes.set_ylim(rows.length, 0)
    axes.grid(False)
    axes.set_yticks(rows.places, row_names)
    axes.set_xticks(columns.places, column_names)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=4)
    axes.tick_params(axis="x", pad=1)
    for text in axes.get_xticklabels():
        text.set(rotation=45, ha="left", va="bottom", rotation_mode="anchor")
    for side in axes.spines.values():
        side.set_visible(False)
    heading: dict[str, Any] = {"weight": "bold", "color": INK, "fontsize": 8}
    for name, place in rows.families:
        at = axes.get_yaxis_transform()
        axes.text(-0.02, place, name, transform=at, ha="right", va="center", **heading)
    for name, place in columns.families:
        axes.text(
            place,
            -0.14,
            name,
            rotation=45,
            ha="left",
            va="bottom",
            rotation_mode="anchor",
            **heading,
        )


def _scale() -> "tuple[Colormap, Colormap, Normalize]":
    """Return the colours of harm, those of measures that are neither, and the scale of g."""
    from matplotlib.colors import AsinhNorm, LinearSegmentedColormap

    maps = [LinearSegmentedColormap.from_list("matrix", colours) for colours in (_HARM, _NEUTRAL)]
    return maps[0], maps[1], AsinhNorm(linear_width=1.0, vmin=-TOP, vmax=TOP)


def _draw(
    axes: "Axes",
    x: float,
    y: float,
    cell: Mapping[str, Any],
    scale: "tuple[Colormap, Colormap, Normalize]",
) -> None:
    from matplotlib.patches import Rectangle

    harm, neutral, norm = scale
    corner = (x - 0.47, y - 0.46)
    box: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "linewidth": 0}
    text: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 7, "color": INK}
    words = ""
    if cell["status"] == "not_applicable":
        box |= {"facecolor": _PALE, "edgecolor": _EDGE, "hatch": "/////"}
    elif cell["status"] == "ok":
        colours = neutral if cell["better"] == "none" else harm
        box["facecolor"] = colours(norm(float(np.clip(cell["g"], -TOP, TOP))))
        dark = abs(cell["g"]) > (4.0 if cell["better"] != "none" else 3.0)
        text["color"] = "white" if dark else INK
        words = short(cell["g"])
    else:
        box |= {"edgecolor": _EDGE, "linewidth": 0.6}
        words = short(cell["effect"], 2) if cell["status"] == "no_spread" else "?"
        text["style"] = "italic"
    if cell["significant"]:
        text["weight"] = "bold"
        words += "*"
    axes.add_patch(Rectangle(corner, 0.94, 0.92, **box))
    if words:
        axes.text(x, y, words, **text)


def short(effect: float, places: int = 1) -> str:
    """Return an effect in at most five characters; ``places`` is for those below 10.

    >>> short(-0.04), short(3.14), short(-27.4), short(1234.0), short(-0.123, 2)
    ('0.0', '3.1', '−27', '1.2k', '−0.12')
    """
    size = abs(effect)
    if size < 10 - 0.5 / 10**places:
        return labels.fixed(effect, places)
    if size < 999.5:
        return labels.fixed(effect, 0)
    return f"{labels.fixed(effect / 1000, 1 if size < 9950 else 0)}k"


def _key(
    figure: "Figure", scale: "tuple[Colormap, Colormap, Normalize]", left: float, bottom: float
) -> None:
    """Draw the colour scale below the matrix."""
    from matplotlib.cm import ScalarMappable

    width, height = figure.get_size_inches()
    place = (left, bottom, min(2.4 / width, 0.95 - left), 0.1 / height)
    bar = figure.colorbar(
        ScalarMappable(scale[2], scale[0]), cax=figure.add_axes(place), orientation="horizontal"
    )
    ticks = [-10, -3, -1, 0, 1, 3, 10]
    bar.set_ticks(ticks, labels=[labels.number(tick) for tick in ticks], minor=False)
    bar.ax.minorticks_off()
    bar.ax.tick_params(length=2, labelsize=7, pad=1)
    bar.outline.set_visible(False)


def _note(confidence: float) -> str:
    """Return what the marks mean."""
    return (
        "Hedges' g by the spread between seeds at level 0. Red: harm, blue: benefit, grey: the "
        "measure is neither better nor worse; * and bold: holds at "
        f"{100 * confidence:g} % after Benjamini and Yekutieli's correction. Hatched: does not "
        "apply. White, in italics: no spread at level 0, raw effect; ?: no result."
    )
