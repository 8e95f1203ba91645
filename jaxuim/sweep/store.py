"""The store of a sweep's rows: append-only Parquet shards, written atomically; needs no JAX."""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from jaxuim.sweep import provenance
from jaxuim.sweep.agree import disagreement
from jaxuim.sweep.atomic import StoreError, reason, remove_partial, unwritable
from jaxuim.sweep.plan import Plan, Wanted
from jaxuim.sweep.shards import (
    KEY_COLUMNS,
    DamagedShard,
    read_info,
    read_shard,
    set_aside,
    write_shard,
)
from jaxuim.sweep.spec import Spec
from jaxuim.types.registry import catalogue

__all__ = ["Key", "Store", "StoreError", "missing"]

Key = tuple[int, str, str, str]  # step, task, adaptation, measure
_SHARDS = "shards"
_LOCK = ".lock"


class Store:
    """A directory of results.

    ``Store.open(DIR, spec)`` is for a runner: it creates the directory, or checks that what lies
    there agrees with the sweep, and keeps other runners out until ``close``.
    ``Store.reader(DIR)`` only reads. ``provenance`` is the content of ``sweep.json``; ``set_aside``
    are damaged shards that ``open`` renamed to ``*.bad``, so that their runs are carried out again.
    """

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        self.provenance: dict[str, Any] = {}
        self.set_aside: tuple[Path, ...] = ()
        self._lock: int | None = None

    @classmethod
    def open(cls, directory: str | Path, spec: Spec) -> Self:
        """Return the store of a sweep for writing, creating it where there is none.

        Raises:
            StoreError: the directory is foreign, cannot be written, is in use by another runner,
                or holds results of a sweep that disagrees.
        """
        store = cls(directory)
        _make_directory(store.directory)
        store._refuse_foreign()
        store._take_lock()
        try:
            store._begin(spec)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def reader(cls, directory: str | Path) -> Self:
        """Return the store of a sweep for reading.

        Raises:
            StoreError: the directory holds no results of jaxuim.
        """
        store = cls(directory)
        if not store.directory.is_dir():
            raise StoreError(f"{directory}: no such directory")
        store.provenance = provenance.read(store.directory)
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other runners in; closing twice does no harm."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def note(self, **values: Any) -> None:
        """Add to ``sweep.json``, e.g. ``note(device="cpu", block_sizes={"ab12cd34": 8})``."""
        self.provenance = {**self.provenance, **values}
        provenance.write(self.directory, self.provenance)

    def write_shard(self, name: str, table: pa.Table, info: Mapping[str, Any]) -> Path:
        """Add rows as one shard and return its path; a shard that exists is never replaced.

        Args:
            name: what the file is called, without suffix; a number is added where it is taken.
            table: the rows.
            info: JSON-able facts about the shard (seconds, models, model_steps, ...).

        Raises:
            StoreError: the disk is full or the directory cannot be written.
        """
        shards = self.directory / _SHARDS
        sequence = len(self.shards())
        path, number = shards / f"{name}.parquet", 1
        while path.exists():
            number += 1
            path = shards / f"{name}-{number}.parquet"
        write_shard(path, table, {"sequence": sequence, "name": path.stem, **info})
        return path

    def shards(self) -> tuple[Path, ...]:
        """Return the paths of all shards, sorted by name."""
        return tuple(sorted((self.directory / _SHARDS).glob("[!.]*.parquet")))

    def infos(self) -> list[dict[str, Any]]:
        """Return what each shard says of itself, in the order of writing.

        Raises:
            StoreError: a shard is damaged.
        """
        return [read_info(path) for path in self._in_order()]

    def read(self, columns: tuple[str, ...] | None = None) -> pa.Table | None:
        """Return all rows, shards in the order of writing; None where there are no shards.

        Columns that only some shards have are null in the others.

        Raises:
            StoreError: a shard is damaged; the sentence names it and what to do.
        """
        tables = [read_shard(path, columns) for path in self._in_order()]
        if not tables:
            return None
        return pa.concat_tables(tables, promote_options="permissive").replace_schema_metadata()

    def _in_order(self) -> list[Path]:
        return sorted(self.shards(), key=lambda path: int(read_info(path)["sequence"]))

    def done_keys(self) -> dict[str, frozenset[Key]]:
        """Return for each run id the (step, task, adaptation, measure) that rows exist for."""
        table = self.read(KEY_COLUMNS)
        return {} if table is None else _by_run(table)

    def _begin(self, spec: Spec) -> None:
        resolved = spec.resolved()
        if (self.directory / provenance.FILE).exists():
            stored = provenance.read(self.directory)
            self._refuse_other(stored, resolved)
            content = provenance.resumed(stored, resolved)
        else:
            stored, content = {}, provenance.fresh(resolved)
        if content != stored:
            provenance.write(self.directory, content)
        self.provenance = content
        _make_directory(self.directory / _SHARDS)
        for place in (self.directory, self.directory / _SHARDS):
            remove_partial(place)
        self.set_aside = tuple(set_aside(path) for path in self.shards() if _damaged(path))

    def _refuse_other(self, stored: dict[str, Any], resolved: dict[str, Any]) -> None:
        problem = disagreement(stored["spec"], resolved)
        if problem:
            allowed = "values may be added but not changed; restore it or give another --out"
            raise StoreError(f"{self.directory}: holds another sweep: {problem}; {allowed}")
        if stored["data"] != provenance.data_digest(resolved):
            problem = f"{resolved['world']['path']} has changed since; give another --out"
            raise StoreError(f"{self.directory}: holds results of other data: {problem}")

    def _refuse_foreign(self) -> None:
        ours = (_LOCK, f".{provenance.FILE}.")
        try:
            names = sorted(path.name for path in self.directory.iterdir())
        except OSError as error:
            raise StoreError(f"{self.directory}: cannot be read: {reason(error)}") from None
        foreign = [name for name in names if not name.startswith(ours)]
        if foreign and provenance.FILE not in names:
            problem = f"holds {foreign[0]!r} but no results of jaxuim"
            raise StoreError(f"{self.directory}: {problem}; give another --out")

    def _take_lock(self) -> None:
        path = self.directory / _LOCK
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise unwritable(path, error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if not isinstance(error, BlockingIOError):
                raise unwritable(path, error) from None
            problem = "another jaxuim run is writing here; wait for it or give another --out"
            raise StoreError(f"{self.directory}: {problem}") from None
        self._lock = lock


def missing(plan: Plan, store: Store | None = None) -> dict[str, frozenset[Wanted]]:
    """Return for each run the (task, adaptation, measure) rows that it still lacks.

    Runs that lack nothing are absent; the order is the plan's. A row is lacking where it is absent
    at any of the run's steps; one that compares runs is taken at the last step only.
    """
    done = store.done_keys() if store else {}
    everything = frozenset(plan.wanted)
    once = frozenset(row for row in everything if catalogue("measures")[row[2]].compares)
    seen: dict[tuple[tuple[int, ...], frozenset[Key]], frozenset[Wanted]] = {}
    lacking: dict[str, frozenset[Wanted]] = {}
    for group in plan.groups:
        steps = group.shape.measure_at
        for run in group.runs:
            have = done.get(run.id, frozenset())
            if (steps, have) not in seen:
                seen[steps, have] = frozenset(
                    row
                    for row in everything
                    if any((s, *row) not in have for s in (steps[-1:] if row in once else steps))
                )
            if seen[steps, have]:
                lacking[run.id] = seen[steps, have]
    return lacking


def _by_run(table: pa.Table) -> dict[str, frozenset[Key]]:
    """Return the keys of each run; equal sets are one object, since most runs have equal ones."""
    numbers: dict[Key, int] = {}
    masks: dict[str, int] = {}
    columns = [table.column(name).to_pylist() for name in KEY_COLUMNS]
    for run, *key in zip(*columns, strict=True):
        number = numbers.setdefault((key[0], key[1], key[2], key[3]), len(numbers))
        masks[run] = masks.get(run, 0) | (1 << number)
    keys = list(numbers)
    sets = {
        mask: frozenset(key for number, key in enumerate(keys) if mask >> number & 1)
        for mask in set(masks.values())
    }
    return {run: sets[mask] for run, mask in masks.items()}


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StoreError(f"{directory}: is a file, not a directory; give another --out") from None
    except OSError as error:
        raise unwritable(directory, error) from None


def _damaged(path: Path) -> bool:
    try:
        read_shard(path)
    except DamagedShard:
        return True
    return False
