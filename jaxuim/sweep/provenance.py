"""What is noted beside results: versions, platform, git commit, and the resolved sweep."""

import datetime
import hashlib
import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import jaxuim
from jaxuim.sweep.atomic import StoreError, reason, write_atomic

FILE = "sweep.json"
_FORMAT = "jaxuim-sweep"
_FORMAT_VERSION = 1
_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "scipy", "scikit-learn", "pyarrow")


def session() -> dict[str, Any]:
    """Return what is known of this process: versions, platform and git commit."""
    return {
        "versions": {"jaxuim": jaxuim.__version__, **_versions()},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "git_commit": git_commit(),
    }


def _versions() -> dict[str, str]:
    installed = {}
    for name in _PACKAGES:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed[name] = "not installed"
    return installed


def git_commit() -> str | None:
    """Return the commit of the checkout that jaxuim runs from, ``+changes`` where it has any."""
    root = Path(jaxuim.__file__).parents[1]
    if not (root / ".git").exists():
        return None
    commit = _git(root, "rev-parse", "HEAD")
    if commit and _git(root, "status", "--porcelain", "--untracked-files=no"):
        commit += "+changes"
    return commit or None


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def data_digest(resolved: dict[str, Any]) -> str | None:
    """Return a hash of the user's own data file, or None where the world has none.

    Raises:
        StoreError: the file cannot be read.
    """
    path = resolved["world"].get("path")
    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {reason(error)}") from None


def fresh(resolved: dict[str, Any]) -> dict[str, Any]:
    """Return the content of ``sweep.json`` for a new directory."""
    return {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "name": resolved["name"],
        "root_seed": resolved["seeds"]["root"],
        "spec": resolved,
        "data": data_digest(resolved),
        "device": None,
        "block_sizes": {},
        **session(),
        "earlier_sessions": [],
    }


def resumed(content: dict[str, Any], resolved: dict[str, Any]) -> dict[str, Any]:
    """Return the content of ``sweep.json`` after a further launch with a sweep that agrees."""
    now = session()
    before = {key: content.get(key) for key in now}
    earlier = list(content["earlier_sessions"])
    if before != now:
        earlier.append({**before, "device": content["device"]})
    return {
        **content,
        "name": resolved["name"],
        "spec": resolved,
        **now,
        "earlier_sessions": earlier,
    }


def read(directory: Path) -> dict[str, Any]:
    """Return the content of ``sweep.json``.

    Raises:
        StoreError: it is missing, unreadable, damaged, or written by a later version.
    """
    return read_note(
        directory / FILE,
        (_FORMAT, _FORMAT_VERSION),
        ("spec", "data", "block_sizes", "earlier_sessions"),
        kind="jaxuim results",
        remedy="restore it or give another directory",
        remedy_in_part="restore it",
    )


def read_note(
    path: Path,
    form: tuple[str, int],
    keys: tuple[str, ...],
    *,
    kind: str,
    remedy: str,
    remedy_in_part: str,
) -> dict[str, Any]:
    """Return the content of a JSON file that says what a directory holds.

    Args:
        path: the file, in the directory that it speaks of.
        form: its format and the version of it that is read.
        keys: what it must hold.
        kind: what the directory is of, for the sentence where there is no such file.
        remedy: what to do where the file is damaged.
        remedy_in_part: what to do where a key is missing.

    Raises:
        StoreError: it is missing, unreadable, damaged, or written by a later version.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise StoreError(f"{path.parent}: is no directory of {kind} (no {path.name})") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {reason(error)}") from None
    except (ValueError, RecursionError):
        raise StoreError(f"{path}: is damaged; {remedy}") from None
    if not isinstance(content, dict) or content.get("format") != form[0]:
        raise StoreError(f"{path}: was not written by jaxuim; give another directory")
    found = content.get("format_version")
    if found != form[1]:
        problem = f"has format {found!r}, and this jaxuim reads format {form[1]}"
        raise StoreError(f"{path}: {problem}; use the version that wrote it")
    absent = [key for key in keys if key not in content]
    if absent:
        raise StoreError(f"{path}: is damaged ({absent[0]} is missing); {remedy_in_part}")
    return content


def write(directory: Path, content: dict[str, Any]) -> None:
    """Replace ``sweep.json`` atomically."""
    write_note(directory / FILE, content)


def write_note(path: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file atomically."""
    text = json.dumps(content, indent=1, allow_nan=False)
    write_atomic(path, lambda file: file.write(text.encode()))
