"""Choose rows of a table: ``--where COLUMN=VALUE`` and its comparisons."""

import argparse
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_SHAPE = re.compile(r"(?s)(.+?)\s*(<=|>=|!=|==|=|<|>)\s*(.*)")
_BOOLEANS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


@dataclass(frozen=True)
class Filter:
    """One condition on one column."""

    text: str
    column: str
    comparison: str
    value: str

    def matches(
        self, numbers: "NDArray[np.float64] | None", cells: Sequence[Any], place: str
    ) -> "NDArray[np.bool_]":
        """Say for each cell of a column whether it is kept; empty cells never are.

        Args:
            numbers: the cells as float64, NaN where empty; None where they are text.
            cells: the cells.
            place: begins the sentence of a refusal.

        Raises:
            ValueError: the value cannot be compared with the column.
        """
        import numpy as np

        if numbers is not None:
            return np.asarray(~np.isnan(numbers) & self._numeric(numbers, place))
        if self.comparison in _COMPARED:
            raise ValueError(f"{place}: {self.column!r} holds text, which allows only = and !=")
        filled = np.array([cell is not None for cell in cells], dtype=bool)
        same = np.array([str(cell) == self.value for cell in cells], dtype=bool)
        return filled & (same if self.comparison == "=" else ~same)

    def _numeric(self, cells: "NDArray[np.float64]", place: str) -> "NDArray[np.bool_]":
        import numpy as np

        try:
            known = self.value.lower() in _BOOLEANS
            value = _BOOLEANS[self.value.lower()] if known else float(self.value)
        except ValueError:
            text = f"{place}: {self.column!r} holds numbers and {self.value!r} is none"
            raise ValueError(text) from None
        if self.comparison in _COMPARED:
            return np.asarray(_COMPARED[self.comparison](cells, value))
        same = np.isclose(cells, value, rtol=1e-9, atol=0.0)
        return np.asarray(same if self.comparison == "=" else ~same)


def condition(text: str) -> Filter:
    """Parse one condition.

    >>> found = condition("size >= 1e3")
    >>> found.column, found.comparison, found.value
    ('size', '>=', '1e3')
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be COLUMN=VALUE (or with !=, <, <=, >, >= in place of =)"
        )
    column, comparison, value = shape.groups()
    return Filter(text, column.strip(), "=" if comparison == "==" else comparison, value.strip())
