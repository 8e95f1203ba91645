"""Kills, full disks and damaged files: nothing that was complete is lost."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pytest

from jaxuim.sweep import Plan, Spec, Store, StoreError, missing
from jaxuim.sweep.atomic import remove_partial, write_atomic
from jaxuim.sweep.results import load
from jaxuim.sweep.shards import read_shard

Rows = Callable[..., pa.Table]
INFO = {"seconds": 1.5, "models": 2, "model_steps": 40}

_WRITER = """
import sys
import pyarrow as pa
from jaxuim.sweep import Spec, Store
spec = Spec.from_dict({
    "name": "small", "world": {"kind": "digits"},
    "bias": {"kind": "symmetric_label_noise", "level": 0.5},
    "model": {"kind": "mlp", "width": 16}, "pretrain": {"samples": 64, "steps": 20},
})
store = Store.open(sys.argv[1], spec)
rows = 5_000
number = 0
while True:
    table = pa.table({
        "run_id": [f"{number}-{row}" for row in range(rows)], "step": [20] * rows,
        "task": ["id"] * rows, "adaptation": ["none"] * rows, "measure": ["error"] * rows,
        "value": [float(number)] * rows,
    })
    store.write_shard(f"s{number:04d}", table, {"seconds": 1.0, "rows": rows})
    print(number, flush=True)
    number += 1
"""


@pytest.fixture
def written(tmp_path: Path, plan: Plan, rows: Rows) -> Path:
    """A complete sweep in three shards."""
    with Store.open(tmp_path, plan.spec) as store:
        for number in range(3):
            some = plan.runs[4 * number : 4 * number + 4]
            store.write_shard(f"s{number}", rows(plan, some), INFO)
        assert missing(plan, store) == {}
    return tmp_path


def test_a_kill_in_the_middle_of_writing_leaves_whole_shards(tmp_path: Path) -> None:
    complete: set[int] = set()
    for trial in range(3):
        command = [sys.executable, "-c", _WRITER, str(tmp_path / str(trial))]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        complete = {int(writer.stdout.readline()) for _ in range(2)}
        time.sleep(0.003 + 0.007 * trial)
        writer.send_signal(signal.SIGKILL)
        complete |= {int(line) for line in writer.stdout if line.endswith("\n")}
        writer.wait()
        writer.stdout.close()
        store = Store.reader(tmp_path / str(trial))
        found = store.read()  # raises where a shard is damaged
        assert found is not None
        values = {int(value) for value in found["value"].to_pylist()}
        assert complete <= values
        assert len(found) == 5_000 * len(values)


def test_the_lock_dies_with_its_process_and_leftovers_are_removed(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    spec = Store.reader(tmp_path).provenance["spec"]
    with pytest.raises(StoreError, match="another jaxuim run"):
        Store.open(tmp_path, Spec.from_dict(spec))
    writer.kill()
    writer.communicate()
    left = tmp_path / "shards" / ".s9999.parquet.1.partial"
    left.write_bytes(b"half")
    with Store.open(tmp_path, Spec.from_dict(spec)) as store:
        assert store.set_aside == ()
    assert not left.exists()
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_shard_is_refused_when_reading_and_redone_when_running(
    written: Path, plan: Plan, kept: float
) -> None:
    victim = written / "shards" / "s1.parquet"
    content = victim.read_bytes()
    victim.write_bytes(content[: int(kept * len(content))])
    for use in (load, lambda path: Store.reader(path).infos(), lambda p: Store.reader(p).read()):
        with pytest.raises(StoreError) as refused:
            use(written)
        assert str(refused.value).startswith(f"{victim}: is truncated or damaged; run the same")
    with Store.open(written, plan.spec) as store:
        assert [path.name for path in store.set_aside] == ["s1.parquet.bad"]
        assert list(missing(plan, store)) == [run.id for run in plan.runs[4:8]]
        assert store.set_aside[0].exists()
    assert len(load(written).frame) == 8 * len(plan.wanted)


def test_a_changed_byte_is_found_or_changes_nothing(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    random = np.random.default_rng(0)
    table = rows(plan, value=lambda *_: float(random.normal()))
    with Store.open(tmp_path, plan.spec) as store:
        path = store.write_shard("a", table, INFO)
    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8  # Parquet has no checksum of its own
    found = 0
    for position in range(0, len(content) - footer, 7):
        changed = bytearray(content)
        changed[position] ^= 0x10
        path.write_bytes(changed)
        try:
            assert read_shard(path).equals(table)
        except StoreError:
            found += 1
    assert found > 100


def test_a_file_that_is_no_shard_is_set_aside(written: Path, plan: Plan) -> None:
    (written / "shards" / "notes.parquet").write_text("hello")
    with Store.open(written, plan.spec) as store:
        assert [path.name for path in store.set_aside] == ["notes.parquet.bad"]
        assert missing(plan, store) == {}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence_and_costs_one_shard(
    written: Path, plan: Plan, rows: Rows, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    before = load(written).frame
    with Store.open(written, plan.spec) as store, monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError) as refused:
            store.write_shard("s3", rows(plan), INFO)
        with pytest.raises(StoreError, match="disk is full"):
            store.note(device="cpu")
    text = str(refused.value)
    assert "s3.parquet: cannot be written because the disk is full" in text
    assert "run the same command again" in text
    assert not list(written.rglob("*.partial"))
    assert len(load(written).frame) == len(before)


def test_content_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    flush, rename = os.fsync, Path.replace

    def note_flush(descriptor: int) -> None:
        events.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        flush(descriptor)

    def note_rename(path: Path, target: Path) -> Path:
        assert path.parent == target.parent
        assert path.read_bytes() == b"all of it"
        events.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(Path, "replace", note_rename)
    write_atomic(tmp_path / "a", lambda file: file.write(b"all of it"))
    assert events == ["file", "rename", "directory"]


@pytest.mark.parametrize("moment", ["fill", "flush"])
def test_a_kill_while_writing_leaves_the_old_content(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    code = (
        "import os, pathlib, signal, sys\n"
        "from jaxuim.sweep.atomic import remove_partial, write_atomic\n"
        "die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "def fill(file):\n"
        "    file.write(b'ne')\n"
        "    file.flush()\n"
        f"    die() if {moment!r} == 'fill' else None\n"
        "os.fsync = die\n"
        "write_atomic(pathlib.Path(sys.argv[1]), fill)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert remove_partial(tmp_path) == 1
    assert [item.name for item in tmp_path.iterdir()] == ["a"]


def test_a_failure_while_filling_keeps_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, lambda file: file.write(b"old"))

    def half(file: BinaryIO) -> None:
        file.write(b"ne")
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(StoreError, match=r"a\.json: cannot be written: input/output error"):
        write_atomic(path, half)
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]
