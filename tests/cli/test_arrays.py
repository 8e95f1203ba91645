"""Files that hold no arrays, or damaged ones: one sentence with the file's name each."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jaxuim.cli.arrays import read_npz
from jaxuim.cli.main import main


def holding(content: bytes, packing: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr("logits.npy", content)
    return file.getvalue()


def header(text: str) -> bytes:
    line = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line


HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000, 100000)}"


def altered(*changes: tuple[bytes, int, int]) -> bytes:
    """A sound file but for bytes at offsets from the signatures of its two records of a member."""
    array = io.BytesIO()
    np.save(array, np.zeros((2, 2)))
    content = bytearray(holding(array.getvalue()))
    for signature, offset, value in changes:
        content[content.find(signature) + offset] = value
    return bytes(content)


def torn() -> bytes:
    array = io.BytesIO()
    np.save(array, np.random.default_rng(0).random((40, 4)))
    content = bytearray(holding(array.getvalue(), zipfile.ZIP_DEFLATED))
    content[100:240] = bytes(byte ^ 0x5A for byte in content[100:240])
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.npz", None, "no such file or directory"),
        ("text.npz", b"a,b\n1,2\n", "is no .npz file"),
        ("empty.npz", b"", "is no .npz file"),
        ("cut.npz", b"PK\x03\x04", "is no .npz file"),
        ("damaged.npz", holding(b"\x93NUMPY\x01\x00v"), "key 'logits' is damaged"),
        ("header.npz", holding(header("garbage(((((")), "key 'logits' is damaged"),
        ("torn.npz", torn(), "key 'logits' is damaged"),
        ("huge.npz", holding(header(HUGE)), "key 'logits' needs more memory than there is"),
        ("text_inside.npz", holding(b"hello"), "key 'logits' is no array"),
        (
            "secret.npz",
            altered((b"PK\x03\x04", 6, 1), (b"PK\x01\x02", 8, 1)),
            "key 'logits' is encrypted",
        ),
        (
            "packing.npz",
            altered((b"PK\x03\x04", 8, 99), (b"PK\x01\x02", 10, 99)),
            "key 'logits' is compressed in a way that cannot be read",
        ),
        ("one.npy", b"", "holds one array without a name; save named ones as .npz"),
    ],
)
def test_a_file_that_holds_no_arrays_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    words: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["measure", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.splitlines() == [f"jaxuim: {path}: {words}"]


def test_a_sound_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(altered())
    assert read_npz(str(path))["logits"].tolist() == [[0.0, 0.0], [0.0, 0.0]]
