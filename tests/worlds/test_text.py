"""Text: the documentation that Python itself ships (pydoc_data.topics) as a world of passages."""

import pydoc_data.topics as sample
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from jaxuim.types.worlds import TASKS
from jaxuim.worlds.text import build

PATH = str(sample.__file__)


def test_passages_are_those_of_the_text() -> None:
    world, text = build(path=PATH, length=32), Path(PATH).read_bytes()
    assert world.vocabulary == 256 and tuple(world.tasks) == TASKS
    own, far = world.tasks["id"], world.tasks["far_ood"]
    parts = [world.pool_x, own.train_x, own.test_x, far.train_x, far.test_x]
    passages = [text[i : i + 32] for i in range(0, len(text) // 32 * 32, 32)]
    found = [bytes(row.astype(np.uint8)) for part in parts for row in part]
    assert sorted(found) == sorted(passages)  # each once
    assert (world.classes, far.classes) == (6, 2)
    size = len(passages) / 8
    often = Counter(passages)
    place = {passage: i for i, passage in enumerate(passages) if often[passage] == 1}
    for row, label in list(zip(world.pool_x, world.pool_y, strict=True))[::50]:
        number = place.get(bytes(row.astype(np.uint8)))
        assert number is None or abs(number - size * (label + 0.5)) <= size / 2 + 1


def test_near_ood_replaces_a_tenth_of_the_bytes() -> None:
    world = build(path=PATH)
    changed = world.tasks["id"].test_x != world.tasks["near_ood"].test_x
    assert changed.size > 100_000 and 0.09 < changed.mean() < 0.1
    assert set(np.unique(world.aux["canary"].x)) <= set(Path(PATH).read_bytes())


def test_a_directory_is_labelled_by_its_files(tmp_path: Path) -> None:
    for k, name in enumerate("dbca"):
        (tmp_path / f"{name}.txt").write_text(f"{name}é" * (500 + k), encoding="utf-8")
    world = build(path=str(tmp_path), length=30)
    assert (world.classes, world.tasks["far_ood"].classes) == (2, 2)
    assert set(np.unique(world.pool_x[world.pool_y == 0])) == set("aé".encode())
    assert set(np.unique(world.tasks["far_ood"].test_x)) == set("cdé".encode())


def test_unusable_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"directory without \.txt files"):
        build(path=str(tmp_path))
    (tmp_path / "a.txt").write_bytes(b"\xff" * 9000)
    with pytest.raises(ValueError, match=r"a.txt is no UTF-8 text"):
        build(path=str(tmp_path / "a.txt"))
    (tmp_path / "a.txt").write_text("short " * 100)
    with pytest.raises(ValueError, match=r"the rarest with 1 passages of 64 bytes"):
        build(path=str(tmp_path / "a.txt"))
