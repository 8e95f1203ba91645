"""Read a table (CSV, TSV, Parquet or a directory of results) and say what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jaxuim.cli.filters import Filter
from jaxuim.sweep.atomic import reason
from jaxuim.sweep.errors import suggest

Array = NDArray[np.float64]
_TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_PARQUET = (".parquet", ".pq")
SUFFIXES = (*_TEXT, *_PARQUET)
LISTED = 8  # values named in a message
_SERIES = ("measure", "task", "adaptation", "mitigation", "step")  # what makes a curve of a sweep


@dataclass(frozen=True)
class Table:
    """The columns of a file; ``rows`` are the numbers of the rows that are used, from 1."""

    source: str
    content: pa.Table
    rows: NDArray[np.int64]
    of_sweep: bool = False

    def _column(self, name: str, option: str) -> pa.ChunkedArray:
        """Return a whole column, or say which option names one that is not there."""
        if name not in self.content.column_names:
            hint = suggest(name, self.content.column_names)
            raise ValueError(f"{self.source}: {option} {name!r}: no such column{hint}")
        return self.content.column(name)

    def _cells(self, column: pa.ChunkedArray) -> list[Any]:
        cells = column.to_pylist()
        return [cells[row - 1] for row in self.rows]

    def _distinct(self, name: str) -> list[str]:
        """Return the first distinct values of a column as text, with dots where there are more."""
        values = list(dict.fromkeys(map(str, self._cells(self.content.column(name)))))
        return values if len(values) <= LISTED else [*values[: LISTED - 1], "..."]

    def where(self, chosen: Filter) -> "Table":
        """Return the rows that a filter leaves; that there are some is checked."""
        column = self._column(chosen.column, "--where")
        place = f"{self.source}: --where {chosen.text!r}"
        numbers = _floats(column)
        if numbers is None:
            keep = chosen.matches(None, self._cells(column), place)
        else:
            keep = chosen.matches(numbers[self.rows - 1], (), place)
        if not keep.any():
            values = ", ".join(self._distinct(chosen.column))
            raise ValueError(f"{place}: matches no row; {chosen.column!r} has {values}")
        return replace(self, rows=self.rows[keep])

    def refuse_mixture(self, used: Sequence[str]) -> None:
        """Raise where rows of a sweep belong to several curves, e.g. to two measures."""
        for name in _SERIES if self.of_sweep else ():
            values = self._distinct(name)
            if name not in used and len(values) > 1:
                raise ValueError(
                    f"{self.source}: the rows mix values of {name!r} ({', '.join(values)}); "
                    f"choose one, e.g. --where {name}={values[0]}"
                )

    def numbers(self, name: str, option: str, *, missing: bool = False) -> Array:
        """Return a column as float64, NaN for an empty cell where ``missing`` cells are allowed.

        Raises:
            ValueError: no such column, or a cell that is no number; the row is named.
        """
        column = self._column(name, option)
        known = _floats(column)
        values = self._parsed(name, option, column) if known is None else known[self.rows - 1]
        unusable = ~np.isfinite(values)
        if unusable.any() and not missing:
            row = self.rows[np.argmax(unusable)]
            raise ValueError(
                f"{self.source}: {option} {name!r}, row {row}: is empty or not finite; "
                f"leave such rows out, e.g. with --where '{name}>0'"
            )
        return values

    def _parsed(self, name: str, option: str, column: pa.ChunkedArray) -> Array:
        values = []
        for row, cell in zip(self.rows, self._cells(column), strict=True):
            try:
                values.append(_number(cell))
            except (TypeError, ValueError):
                shown = repr(cell if len(str(cell)) < 40 else f"{str(cell)[:37]}...")
                place = f"{self.source}: {option} {name!r}, row {row}"
                raise ValueError(f"{place}: {shown} is not a number") from None
        return np.array(values, dtype=np.float64)

    def title(self, name: str) -> str:
        """Return what a figure calls a column: for the values of a sweep, their measure."""
        measured = self.of_sweep and name == "value"
        return self._distinct("measure")[0] if measured else name

    def labels(self, name: str, option: str) -> NDArray[Any]:
        """Return a column as labels of groups, none of them empty."""
        cells = self._cells(self._column(name, option))
        for row, cell in zip(self.rows, cells, strict=True):
            if cell is None or cell == "":
                raise ValueError(f"{self.source}: {option} {name!r}, row {row}: is empty")
        return np.unique(np.array([str(cell) for cell in cells]), return_inverse=True)[1]


def _number(cell: Any) -> float:
    """Return a cell as a number; empty cells and the usual names of nothing are NaN."""
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in ("", "na", "n/a", "-")):
        return float("nan")
    return float(cell)


def _floats(column: pa.ChunkedArray) -> Array | None:
    """Return a column of numbers or truth values as float64, NaN where empty; None for text.

    It reads Arrow's buffers: every conversion that Arrow offers would first import pandas.
    """
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    array = column.cast(pa.float64(), safe=False).combine_chunks()
    filled, data = array.buffers()
    rows = slice(array.offset, array.offset + len(array))
    values = np.frombuffer(data, dtype=np.float64)[rows].copy()
    if filled is not None:
        bits = np.unpackbits(np.frombuffer(filled, dtype=np.uint8), bitorder="little")[rows]
        values[bits == 0] = np.nan
    return values


def read_table(source: str, filters: Sequence[Filter] = ()) -> Table:
    """Read a file by its extension, or the rows of a directory of results, and filter it.

    Raises:
        ValueError: what cannot be read, and why; a filter that leaves nothing.
    """
    path = Path(source)
    if path.is_dir():
        content = _results(source)
    elif not path.exists():
        raise ValueError(f"{source}: cannot be read: no such file or directory")
    elif not source.lower().endswith(SUFFIXES):
        raise ValueError(
            f"{source}: must end in {', '.join(SUFFIXES)}, or be a directory of results"
        )
    else:
        content = _file(path)
    names = content.column_names
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{source}: column {twice!r} occurs twice")
    if content.num_rows == 0:
        raise ValueError(f"{source}: holds no rows")
    table = Table(source, content, np.arange(1, content.num_rows + 1), path.is_dir())
    for chosen in filters:
        table = table.where(chosen)
    return table


def _results(source: str) -> pa.Table:
    from jaxuim.sweep import Store

    rows = Store.reader(source).read()
    if rows is None:
        raise ValueError(f"{source}: holds no rows yet")
    return rows


def _file(path: Path) -> pa.Table:
    try:
        content = _text(path) if str(path).lower().endswith(_TEXT) else _parquet(path)
        return content.rename_columns([name.strip() for name in content.column_names])
    except UnicodeDecodeError:
        raise ValueError(f"{path}: cannot be read: the header is not UTF-8 text") from None
    except pa.ArrowException as error:
        words = " ".join(str(error).split()).replace("CSV parse error: ", "")
        raise ValueError(f"{path}: cannot be read: {words[:200]}") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {reason(error)}") from None


def _parquet(path: Path) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(path)


def _text(path: Path) -> pa.Table:
    """Read text separated by what separates its header: comma, semicolon or tab."""
    from pyarrow import csv

    with pa.input_stream(str(path)) as stream:
        header = stream.read(1 << 16).split(b"\n")[0]
    if header.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{path}: cannot be read: it is UTF-16 text; save it as UTF-8")
    delimiter = max((",", ";", "\t"), key=lambda mark: header.count(mark.encode()))
    broken: list[Any] = []

    def note(row: Any) -> str:
        broken.append(row)
        return "skip"

    content = csv.read_csv(
        path,
        csv.ReadOptions(use_threads=False),  # with threads rows have no numbers
        csv.ParseOptions(delimiter=delimiter, invalid_row_handler=note),
    )
    if broken:
        first = broken[0]
        counts = f"line {first.number} has {first.actual_columns} cells"
        raise ValueError(f"{path}: {counts}, the header has {first.expected_columns}")
    return content
