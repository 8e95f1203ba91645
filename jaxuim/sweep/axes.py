"""Values of a sweep file that may span an axis: a scalar, a list, a linspace or a logspace."""

import re
from collections.abc import Callable
from typing import Any

from pydantic_core import PydanticCustomError

MAX_POINTS = 100_000
_FORMS = "one value, a list, {linspace = [start, stop, count]} or {logspace = [from, to, count]}"


def refuse(problem: str, value: object = None) -> PydanticCustomError:
    """Return an error that pydantic reports with this text and, where given, this value."""
    context = {} if value is None else {"value": value}
    return PydanticCustomError("refused", "{problem}", {"problem": problem, **context})


def expand(value: Any) -> tuple[Any, ...]:
    """Return the values that an axis entry stands for, unchecked but never empty.

    ``logspace`` takes exponents of ten, as numpy does. Values of a range are rounded to 12
    significant digits, so that a finer grid contains the very numbers of a coarser one.

    >>> expand({"linspace": [0.0, 1.0, 3]}), expand({"logspace": [0, 2, 3]}), expand(5)
    ((0.0, 0.5, 1.0), (1.0, 10.0, 100.0), (5,))
    """
    if isinstance(value, dict):
        return _span(value)
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not values:
        raise refuse("must not be empty", [])
    if len(values) > MAX_POINTS:
        raise refuse(f"may hold at most {MAX_POINTS} values", len(values))
    return values


def expand_whole(value: Any) -> tuple[Any, ...]:
    """Return the values of an axis of whole numbers; those of a range are rounded.

    >>> expand_whole({"logspace": [1, 2, 3]})
    (10, 32, 100)
    """
    values = expand(value)
    return tuple(round(item) for item in values) if isinstance(value, dict) else values


def or_empty(spread: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], tuple[Any, ...]]:
    """Return the same expansion for a list that may also be empty."""
    return lambda value: () if value in ([], ()) else spread(value)


def _span(table: dict[str, Any]) -> tuple[float, ...]:
    if len(table) != 1 or next(iter(table)) not in ("linspace", "logspace"):
        raise refuse(f"must be {_FORMS}", table)
    ((form, bounds),) = table.items()
    if not (isinstance(bounds, list | tuple) and len(bounds) == 3):
        raise refuse(f"{form} takes [start, stop, count]", table)
    start, stop, count = bounds
    if type(count) is not int or not 2 <= count <= MAX_POINTS:
        raise refuse(f"{form} takes a whole count between 2 and {MAX_POINTS}", table)
    if not all(type(end) in (int, float) and abs(end) <= 1e300 for end in (start, stop)):
        raise refuse(f"{form} takes two finite numbers and a count", table)
    if form == "logspace" and max(abs(start), abs(stop)) > 300:
        raise refuse("logspace takes exponents of ten between -300 and 300", table)
    points = (start + (stop - start) * (index / (count - 1)) for index in range(count))
    values = [10.0**point if form == "logspace" else point for point in points]
    return tuple(float(f"{item:.12g}") for item in values)


def between(low: float | None, high: float | None) -> Callable[[Any], Any]:
    """Return a check that one value, or each of a tuple, lies in the closed interval."""

    def check(value: Any) -> Any:
        for item in value if isinstance(value, tuple) else (value,):
            if item is None or ((low is None or item >= low) and (high is None or item <= high)):
                continue
            raise refuse(_allowed(low, high), item)
        return value

    return check


def _allowed(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"must be between {_number(low)} and {_number(high)}"
    if low is not None:
        return f"must be at least {_number(low)}"
    return f"must be at most {_number(high or 0.0)}"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:g}"


def unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values in order with repetitions removed and negative zero made zero.

    >>> unique((0.5, -0.0, 0.5, 0.0))
    (0.5, 0.0)
    """
    return tuple(dict.fromkeys(item + 0.0 if type(item) is float else item for item in values))


def one_of(*choices: str) -> Callable[[Any], Any]:
    """Return a check that one string, or each of a tuple, is one of the choices."""

    def check(value: Any) -> Any:
        for item in value if isinstance(value, tuple) else (value,):
            if item not in choices:
                raise refuse(f"must be one of {', '.join(choices)}", item)
        return value

    return check


def file_name(value: str) -> str:
    """Return a name if it can serve as the name of a directory, and refuse it otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", value):
        allowed = "must be 1 to 100 letters, digits, '_', '-' or '.', a letter or digit first"
        raise refuse(allowed, value)
    return value
