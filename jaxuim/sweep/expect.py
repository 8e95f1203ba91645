"""The ``[[expect]]`` tables of a sweep file: what the literature lets us expect of it; no JAX."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from jaxuim.sweep.axes import between, one_of, or_empty
from jaxuim.sweep.declared import Table, name_list

STATISTICS = ("mean", "effect", "slope", "argmin", "coefficient")
SIGNS = ("positive", "negative", "zero")

Selection = dict[str, str | int | float | bool]


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

    def problem(self) -> tuple[str, str, Any] | None:
        """Return key, what is wrong and the value of the first setting that is missing, or None."""
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
        return None
