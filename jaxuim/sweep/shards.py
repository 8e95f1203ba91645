"""One shard of results: a Parquet file of rows, with facts about them in its schema metadata."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from jaxuim.sweep.atomic import StoreError, reason, write_atomic

KEY_COLUMNS = ("run_id", "step", "task", "adaptation", "measure")
_INFO = b"jaxuim"
_Read = TypeVar("_Read")


class DamagedShard(StoreError):
    """A shard that is truncated or otherwise not what was written."""


def write_shard(path: Path, table: pa.Table, info: Mapping[str, Any]) -> None:
    """Write rows and facts about them as one file, atomically and with checksums.

    Raises:
        StoreError: the disk is full or the directory cannot be written.
    """
    table = table.replace_schema_metadata({_INFO: json.dumps(dict(info)).encode()})
    write_atomic(path, lambda file: pq.write_table(table, file, write_page_checksum=True))


def read_shard(path: Path, columns: tuple[str, ...] | None = None) -> pa.Table:
    """Return the rows of a shard, or some of their columns.

    Raises:
        DamagedShard: the file is truncated or damaged.
        StoreError: the file cannot be opened.
    """
    wanted = None if columns is None else list(columns)

    def rows(file: pq.ParquetFile) -> pa.Table:
        table = file.read(columns=wanted)
        if {*(columns or KEY_COLUMNS)} - {*table.column_names}:
            raise pa.ArrowInvalid("columns are missing")
        return table

    return _read(path, rows)


def read_info(path: Path) -> dict[str, Any]:
    """Return the facts that a shard holds about itself.

    Raises:
        DamagedShard: the file is truncated or damaged.
        StoreError: the file cannot be opened.
    """
    return _read(path, _info)


def set_aside(path: Path) -> Path:
    """Rename a damaged shard, so that it no longer counts, and return its new path.

    Raises:
        StoreError: the directory cannot be written.
    """
    target = path.with_name(f"{path.name}.bad")
    try:
        path.replace(target)
    except OSError as error:
        raise StoreError(f"{path}: is damaged and cannot be renamed: {reason(error)}") from None
    return target


def _info(file: pq.ParquetFile) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((file.schema_arrow.metadata or {})[_INFO])
    content["sequence"] = int(content["sequence"])
    return content


def _read(path: Path, take: Callable[[pq.ParquetFile], _Read]) -> _Read:
    try:
        with path.open("rb") as file:
            opened = pq.ParquetFile(file, page_checksum_verification=True)
            _info(opened)
            return take(opened)
    except PermissionError as error:
        raise StoreError(f"{path}: cannot be read: {reason(error)}") from None
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        remedy = "run the same sweep again, which sets it aside and repeats its runs"
        raise DamagedShard(f"{path}: is truncated or damaged; {remedy}") from None
