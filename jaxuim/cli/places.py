"""Where to predict: ``--predict`` and ``--forecast`` take values, pairs of values, or a table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jaxuim.cli.reading import SUFFIXES, read_table

Array = NDArray[np.float64]


def places(given: Sequence[str], option: str, columns: Sequence[str]) -> Array:
    """Return the inputs that an option names, shape (m, inputs).

    For one input commas separate values; for several every argument is one point, in the order of
    ``--x``, and ``;`` separates points. The name of a table stands for its rows.

    Raises:
        ValueError: not a number, or not one number for each input.

    >>> places(["1,2", "3"], "--predict", ["x"]).ravel().tolist()
    [1.0, 2.0, 3.0]
    >>> places(["1,2", "3,4;5,6"], "--predict", ["N", "D"]).tolist()
    [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """
    found = [_places(text, option, columns) for text in given]
    return np.concatenate([np.empty((0, len(columns))), *found])


def _places(text: str, option: str, columns: Sequence[str]) -> Array:
    if text.strip() and (text.lower().endswith(SUFFIXES) or Path(text).exists()):
        table = read_table(text)
        return np.column_stack([table.numbers(name, option) for name in columns])
    separator = "," if len(columns) == 1 else ";"
    points = [part.split(",") for part in text.split(separator) if part.strip()]
    if not points:
        raise ValueError(f"{option} {text!r}: holds no value")
    if any(len(point) != len(columns) for point in points):
        order = ",".join(columns)
        raise ValueError(
            f"{option} {text!r}: every point needs {len(columns)} values in the order {order}; "
            f"separate points by ';' or repeat {option}"
        )
    try:
        values = np.array([[float(value) for value in point] for point in points])
    except ValueError:
        raise ValueError(f"{option} {text!r}: is neither a table nor numbers") from None
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{option} {text!r}: every value must be finite")
    return values
