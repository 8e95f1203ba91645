"""Findings that a sweep file expects of its results, with their verdicts."""

from collections.abc import Iterable

from jaxuim.report.finding import Finding
from jaxuim.sweep.expectations import Checked
from jaxuim.sweep.results import spanning_measures

_TAGS = {"holds": "as expected", "fails": "not as expected", "open": "undecided"}


def expected_findings(checked: Iterable[Checked]) -> list[Finding]:
    """Return one finding for each expectation that was held against the results."""
    return [Finding(_text(one), _detail(one), one.verdict, _TAGS[one.verdict]) for one in checked]


def _text(one: Checked) -> str:
    if one.reason:
        return f"{one.expect.name}: could not be computed."
    wanted = {
        "positive": "above 0",
        "negative": "below 0",
        "zero": f"within {one.expect.tolerance:g} of 0",
    }[one.expect.expected]
    found = f"{one.estimate:.3g}, interval [{one.lower:.3g}, {one.upper:.3g}]"
    return f"{one.expect.name}: {found}; {wanted} expected."


def _detail(one: Checked) -> str:
    """Say what was computed of which rows, over how many seeds, after whom."""
    expect = one.expect
    where = ", ".join(f"{key} = {value}" for key, value in expect.where.items())
    versus = ", ".join(f"{key} = {value}" for key, value in expect.versus.items())
    what = {
        "mean": "Mean",
        "effect": f"Mean change from the lowest {expect.axis}",
        "slope": f"Slope on {'log ' * expect.log}{expect.axis}",
        "argmin": f"{'Log of the p' if expect.log else 'P'}lace of the minimum on {expect.axis}",
        "coefficient": f"Coefficient of {'log ' * expect.log}{' + '.join(expect.of)}",
    }[expect.statistic]
    parts = [f"{what} of {expect.measure}" + (f" at {where}" if where else "")]
    parts += [f"less that at {versus}"] if versus else []
    parts += [f"less {expect.about:g}"] if expect.about else []
    parts += [one.reason] if one.reason else [_seeds(one)]
    parts += [expect.source] if expect.source else []
    return "; ".join(parts) + "."


def _seeds(one: Checked) -> str:
    """Say how many seeds there were, and of what the interval is where they are not independent."""
    named = {one.expect.measure, *(w.get("measure") for w in (one.expect.where, one.expect.versus))}
    depend = named & set(spanning_measures())
    return f"{one.seeds} seeds" + ", jackknife over seeds" * bool(depend)
