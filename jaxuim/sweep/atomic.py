"""Write files so that a kill at any moment leaves either the old content or the whole new one."""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_PARTIAL = ".partial"


class StoreError(ValueError):
    """A directory of results that cannot be used; its text is one sentence."""


def write_atomic(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Create ``path`` with what ``fill`` writes into the file that it is given.

    The content goes to a hidden file in the same directory, which is flushed to the disk and then
    renamed; the directory is flushed too.

    Raises:
        StoreError: the disk is full or the directory cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}{_PARTIAL}")
    try:
        with partial.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _flush_directory(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the sentence for a file that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        rest = "what was complete is intact; free some space and run the same command again"
        return StoreError(f"{path}: cannot be written because the disk is full; {rest}")
    return StoreError(f"{path}: cannot be written: {reason(error)}")


def reason(error: OSError) -> str:
    """Return why an operation failed, in lower case, on one line.

    >>> reason(PermissionError(13, "Permission denied"))
    'permission denied'
    """
    return " ".join(str(error.strerror or error).split()).lower()


def remove_partial(directory: Path) -> int:
    """Remove what interrupted writers left in a directory and return how many files that were."""
    left = [path for path in directory.glob(f".*{_PARTIAL}") if path.is_file()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
