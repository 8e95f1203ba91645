"""The ``[[expect]]`` tables of a sweep file: what the literature lets us expect of it; no JAX."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from jaxuim.sweep.axes import between, one_of, or_empty
from jaxuim.sweep.declared import Table, name_list
from jaxuim.sweep.errors import suggest
from jaxuim.types.registry import catalogue

STATISTICS = ("mean", "effect", "slope", "argmin", "coefficient")
SIGNS = ("positive", "negative", "zero")

Selection = dict[str, str | int | float | bool]
Problem = tuple[str, str, Any]  # key, what is wrong, value

_NUMBER, _TEXT, _TRUTH = "a number", "text in quotes", "true or false"
_COLUMNS = dict.fromkeys(("seed", "step", "chance", "samples_distinct"), _NUMBER) | dict.fromkeys(
    ("task", "adaptation", "mitigation", "measure", "status", "better", "group", "run_id"), _TEXT
)


class Expect(Table):
    """One expected sign: a statistic of each seed's rows, and where its mean over seeds should lie.

    ``statistic`` is computed for each seed from the rows of ``measure`` that ``where`` selects (by
    column, such as ``task``, ``"model.width"`` or another ``measure``), averaged over all else:

    - ``mean`` of the values;
    - ``effect``, the mean of the values less that at the lowest value of ``axis``, the others of
      the axis alone;
    - ``slope`` of the least-squares line of the values on ``axis``;
    - ``argmin``, the value of ``axis`` at which the values are lowest;
    - ``coefficient`` of the least-squares plane of the values on ``axes``, summed over ``of``; a
      name with a minus sign before it is subtracted.

    With ``log`` axes enter as natural logarithms, rows at 0 left out. With ``versus`` the statistic
    is the difference of ``where`` and ``where`` changed by ``versus``: first less second. ``about``
    is subtracted from it: a value that it should equal, exceed or stay below.
    ``expected`` is the sign; ``zero`` means that the interval lies within ``tolerance`` of 0.
    """

    name: str
    statistic: Annotated[str, AfterValidator(one_of(*STATISTICS))]
    measure: str
    expected: Annotated[str, AfterValidator(one_of(*SIGNS))]
    axis: str = ""
    axes: Annotated[tuple[str, ...], BeforeValidator(or_empty(name_list))] = ()
    of: Annotated[tuple[str, ...], BeforeValidator(or_empty(name_list))] = ()
    log: bool = False
    where: dict[str, Any] = Field(default={})
    versus: dict[str, Any] = Field(default={})
    about: float = 0.0
    tolerance: Annotated[float, AfterValidator(between(0, 1e9))] = 0.0
    source: str = ""

    def problem(self) -> Problem | None:
        """Return the first setting that is missing or that no sweep could have, or None."""
        if self.statistic in ("effect", "slope", "argmin") and not self.axis:
            return "axis", f"is required for statistic = {self.statistic!r}", None
        if self.statistic == "coefficient":
            if not self.axes or not self.of:
                return "axes", "and 'of' are required for statistic = 'coefficient'", None
            unknown = [name for name in self.of if name.removeprefix("-") not in self.axes]
            if unknown:
                return "of", f"must be among axes ({', '.join(self.axes)})", unknown[0]
        if self.expected == "zero" and not self.tolerance:
            return "tolerance", "is required for expected = 'zero'", None
        for table, selection in (("where", self.where), ("versus", self.versus)):
            for name, value in selection.items():
                if not isinstance(value, str | int | float):
                    allowed = 'must be one text, number or truth value, as in "bias.level" = 0.2'
                    return f"{table}.{name}", allowed, value
        return None

    def mismatch(
        self, settings: Mapping[str, tuple[Any, ...]], measures: Collection[str]
    ) -> Problem | None:
        """Return the first setting that does not fit a sweep, or None.

        Args:
            settings: values of the settings of its runs by dotted name.
            measures: those that it takes.
        """
        columns = _COLUMNS | {name: _kind(values[0]) for name, values in settings.items()}
        selected = [
            (f"{table}.{name}", name, value)
            for table, selection in (("where", self.where), ("versus", self.versus))
            for name, value in selection.items()
        ]
        axes = [("axis", self.axis)] if self.axis else [("axes", name) for name in self.axes]
        for key, name, value in (*((key, name, name) for key, name in axes), *selected):
            if name not in columns:
                return key, "is no column of the results" + suggest(name, columns), value
        for key, name in axes:
            if columns[name] != _NUMBER:
                return key, "must hold numbers", name
        for key, name, value in selected:
            if _kind(value) != columns[name]:
                return key, f"must be {columns[name]}", value
        asked = [(key, value) for key, name, value in selected if name == "measure"]
        for key, name in (("measure", self.measure), *asked):
            if name not in measures:
                return key, "is not among the measures" + suggest(name, measures), name
            if self.statistic == "argmin" and catalogue("measures")[name].spans:
                return key, "compares all runs, so that a seed has no argmin of its own", name
        return None


def _kind(value: str | int | float | bool) -> str:
    """Return what a column with such a value holds."""
    if isinstance(value, bool):
        return _TRUTH
    return _TEXT if isinstance(value, str) else _NUMBER
