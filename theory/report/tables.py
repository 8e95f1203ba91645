"""The comparisons of a claim as tables of HTML and as records for JSON."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from jaxuim.report.labels import NOTHING, number
from jaxuim.report.markup import Markup, html_table
from theory.report.summary import Summary
from theory.study import verdict
from theory.study.claim import Exponent, Row, Speed, Tip

AGREES = Markup('<span class="good">agrees</span>')
FEW = 12  # rows that are shown at once; more are folded away


def row_table(rows: Sequence[Row]) -> str:
    """Return prediction against simulation; rows that disagree come first, the rest may fold."""
    if not rows:
        return ""
    header = ["quantity", "prediction", "simulation", "relative error", "z-score", "allowed", ""]
    bad = [row for row in rows if not verdict.row_agrees(row)]
    good = [row for row in rows if verdict.row_agrees(row)]
    caption = f"Prediction and simulation: {len(good)} of {len(rows)} agree"
    cells = [_row(row) for row in (*bad, *good)]
    shown = max(len(bad), FEW)
    if len(cells) <= shown + 3:
        return html_table(header, cells, caption=caption)
    rest = html_table(header, cells[shown:], caption="")
    fold = f"<details><summary>{len(cells) - shown} more, all agree</summary>{rest}</details>"
    return html_table(header, cells[:shown], caption=caption) + fold


def _row(row: Row) -> list[object]:
    score, relative = verdict.z_score(row), verdict.relative_error(row)
    note = f"<small>{escape(row.reason)}</small>" if row.reason else ""
    return [
        Markup(escape(row.name) + note),
        number(row.predicted, 5),
        _with_error(row),
        NOTHING if relative is None else _percent(relative),
        "exact" if score is None else f"{score:+.1f}".replace("-", "\N{MINUS SIGN}"),
        _allowed(row),
        _row_verdict(row),
    ]


def _with_error(row: Row) -> str:
    if not row.error:
        return number(row.simulated, 5)
    return f"{number(row.simulated, 5)} \N{PLUS-MINUS SIGN} {number(row.error, 2)}"


def _allowed(row: Row) -> str:
    """Say what the row was allowed to be away, as it was declared."""
    parts = [f"{verdict.bound():.1f} s.e."] if row.error else []
    parts += [_percent(row.allowance)] if row.allowance else []
    parts += [number(row.floor, 2)] if row.floor else []
    return " + ".join(parts) or "0"


def _row_verdict(row: Row) -> Markup:
    if verdict.row_agrees(row):
        known = Markup('<span class="muted">fails, as known</span>')
        return AGREES if row.holds else known
    words = "disagrees" if row.holds else "agrees, against what is known"
    return Markup(f'<strong class="bad">{words}</strong>')


def estimate_table(tips: Sequence[Tip], exponents: Sequence[Exponent]) -> str:
    """Return what estimators that did not know the theory found."""
    if not tips and not exponents:
        return ""
    header = [
        "estimated without the theory",
        "predicted at this size",
        "in the limit",
        "fitted value (90 % interval)",
        "intervals that hold the prediction",
        "",
    ]
    cells = [_tip(tip) for tip in tips] + [_exponent(e) for e in exponents]
    return html_table(header, cells, caption="Tipping points and exponents")


def _tip(tip: Tip) -> list[object]:
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tip.kinds.items()))
    note = f"{tip.kind}; found as: {kinds}" if kinds else tip.kind
    if tip.origin != "theory":
        note += f"; predicted by {tip.origin}"
    located = "none found" if tip.located is None else _interval(tip.located, tip.interval)
    return [
        Markup(f"{escape(tip.name)}<small>{escape(note)}</small>"),
        number(tip.predicted, 4),
        NOTHING if tip.asymptotic is None else number(tip.asymptotic, 4),
        located,
        _coverage(tip.covered, tip.repetitions),
        _verdict(verdict.tip_agrees(tip)),
    ]


def _exponent(exponent: Exponent) -> list[object]:
    limit = exponent.asymptotic
    return [
        Markup(f"{escape(exponent.name)}<small>exponent</small>"),
        number(exponent.effective, 4),
        NOTHING if limit is None else number(limit, 4),
        _interval(exponent.fitted, exponent.interval),
        _coverage(exponent.covered, exponent.repetitions),
        _verdict(verdict.exponent_agrees(exponent)),
    ]


def speed_table(speeds: Sequence[Speed]) -> str:
    """Return the time of a repetition beside the NumPy loop's."""
    if not speeds:
        return ""
    header = ["simulation", "vectorised", "NumPy loop", "times faster", ""]
    cells = [
        [
            s.name,
            f"{number(1e6 * s.vectorised, 3)} µs",
            f"{number(1e6 * s.loop, 3)} µs",
            f"{s.loop / s.vectorised:.0f}",
            _speed_verdict(s),
        ]
        for s in speeds
    ]
    return html_table(
        header,
        cells,
        caption="Time for one repetition beside a plain NumPy loop for the same outputs",
    )


def _speed_verdict(speed: Speed) -> Markup:
    if verdict.speed_agrees(speed):
        return Markup(f'<span class="good">at least {verdict.FASTER:.0f}</span>')
    return Markup(f'<strong class="bad">below {verdict.FASTER:.0f}</strong>')


def _verdict(agrees: bool) -> Markup:
    return AGREES if agrees else Markup('<strong class="bad">disagrees</strong>')


def _coverage(covered: int, repetitions: int) -> str:
    return f"{covered} of {repetitions} ({100 * covered / repetitions:.0f} %)"


def _interval(value: float, ends: tuple[float, float] | None) -> str:
    if ends is None:
        return number(value, 4)
    return f"{number(value, 4)} ({number(ends[0], 4)} to {number(ends[1], 4)})"


def _percent(share: float) -> str:
    """Return a share in per cent with two digits.

    >>> _percent(0.012345), _percent(1.5), _percent(1e-9)
    ('1.2 %', '150 %', '1e-07 %')
    """
    value = 100.0 * share
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"


def records(summary: Summary) -> dict[str, Any]:
    """Return a claim's comparisons as plain JSON values."""
    found = {
        "rows": _judged(summary.rows, verdict.row_agrees),
        "tipping_points": _judged(summary.tips, verdict.tip_agrees),
        "exponents": _judged(summary.exponents, verdict.exponent_agrees),
        "speeds": _judged(summary.speeds, verdict.speed_agrees),
    }
    claim = summary.claim
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "verdict": summary.verdict,
        "seconds": summary.seconds,
        "not_computed": list(summary.lacking),
        **found,
    }


def _judged(items: Sequence[Any], judge: Callable[[Any], bool]) -> list[dict[str, Any]]:
    return [asdict(item) | {"agrees": judge(item)} for item in items]
