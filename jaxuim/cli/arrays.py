"""Read the arrays that measures take from an .npz file, and say what is wrong with one."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaxuim.sweep.atomic import reason
from jaxuim.types.declare import INPUTS

ALIASES = {
    "logits": ("test_logits", "logit"),
    "labels": ("test_labels", "label", "y", "y_true"),
    "groups": ("group", "test_groups", "sensitive_features"),
    "features": ("test_features", "embeddings", "representations"),
    "pool_logits": ("train_logits",),
    "pool_labels": ("train_labels", "y_train"),
    "perturbed_logits": ("logits_perturbed",),
    "triggered_logits": ("logits_triggered", "backdoor_logits"),
    "clean_features": ("features_clean", "reference_features"),
}
_OF_LABELS = {"labels": "logits", "target": "triggered_logits", "pool_labels": "pool_logits"}


@dataclass(frozen=True)
class Found:
    """The arrays of a file by the names of ``INPUTS``.

    ``keys`` says under which key each was found, ``unused`` lists keys that mean nothing here,
    ``sizes`` gives the length of every axis (n, K, D, ...), ``num_groups`` how many groups occur.
    """

    source: str
    arrays: dict[str, NDArray[Any]]
    keys: dict[str, str]
    unused: tuple[str, ...]
    sizes: dict[str, int]
    num_groups: int


def axes(name: str) -> tuple[str, ...]:
    """Return the names of an input's axes, as declared.

    >>> axes("logits"), axes("target")
    (('n', 'K'), ())
    """
    inside = re.match(r"\w+\[(.*?)\]", INPUTS[name])
    return tuple(re.findall(r"\w+", inside.group(1))) if inside else ()


def read_arrays(source: str) -> Found:
    """Return the arrays of an .npz file, checked one by one and against each other.

    Raises:
        ValueError: no such file or no .npz, no known key, two keys for one array, a wrong dtype or
            shape, a value that is not finite, a label that is no class.
    """
    content = read_npz(source)
    keys: dict[str, str] = {}
    for name in INPUTS:
        given = [key for key in (name, *ALIASES.get(name, ())) if key in content]
        if len(given) > 1:
            raise ValueError(f"{source}: {given[0]!r} and {given[1]!r} both stand for {name!r}")
        if given:
            keys[name] = given[0]
    unused = tuple(key for key in content if key not in keys.values())
    if not keys:
        listed = ", ".join(map(repr, unused)) or "nothing"
        raise ValueError(f"{source}: holds {listed}; known keys are {', '.join(INPUTS)}")
    arrays = {name: _numbers(source, key, name, content[key]) for name, key in keys.items()}
    sizes = _sizes(source, arrays, keys)
    groups = 0
    if "groups" in arrays:
        names, arrays["groups"] = np.unique(arrays["groups"], return_inverse=True)
        groups = len(names)
    for name, of in _OF_LABELS.items():
        if name in arrays and of in arrays:
            _refuse_foreign(source, keys[name], arrays[name], arrays[of].shape[-1])
    if "pool_logits" in arrays and "pool_labels" in arrays and "pool_used" not in arrays:
        arrays["pool_used"] = np.ones(len(arrays["pool_labels"]), bool)  # what else would it be for
    if "canary_losses" in arrays and "canaries_shown" not in arrays:
        arrays["canaries_shown"] = np.ones(len(arrays["canary_losses"]), bool)
    return Found(source, arrays, keys, unused, sizes, groups)


def read_npz(source: str) -> dict[str, NDArray[Any]]:
    """Return all arrays of an .npz file by their keys; whatever is wrong with it is one sentence.

    Raises:
        ValueError: no such file, no .npz, or an array that cannot be read.
    """
    path = Path(source)
    if path.suffix == ".npy":
        raise ValueError(f"{source}: holds one array without a name; save named ones as .npz")
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {key: _member(file, key) for key in file.files}
    except OSError as error:
        raise ValueError(f"{source}: {reason(error)}") from None
    except _UnreadableError as error:
        raise ValueError(f"{source}: {error}") from None
    except Exception:  # whatever zipfile and NumPy stumble over in a file that they cannot read
        raise ValueError(f"{source}: is no .npz file") from None


class _UnreadableError(Exception):
    """What is wrong with an array of a file, to be said with the file's name."""


def _member(file: Any, key: str) -> NDArray[Any]:
    try:
        found = file[key]
    except MemoryError:
        problem = "needs more memory than there is"
    except NotImplementedError:
        problem = "is compressed in a way that cannot be read"
    except Exception as error:  # zipfile, zlib, lzma, struct, tokenize: damage shows anywhere
        text = str(error)
        problem = "holds Python objects; numbers are needed" if "allow_pickle" in text else ""
        problem = problem or ("is encrypted" if "encrypted" in text else "is damaged")
    else:
        if isinstance(found, np.ndarray):
            return found
        problem = "is no array"
    raise _UnreadableError(f"key {key!r} {problem}")


def _numbers(source: str, key: str, name: str, value: Any) -> NDArray[Any]:
    """Return an array of the declared kind and number of axes, none empty, all values finite."""
    array = np.asarray(value)
    allowed = f"allowed is {INPUTS[name].split(']')[0]}]"
    fixed = all(
        not axis.isdigit() or int(axis) == size
        for axis, size in zip(axes(name), array.shape, strict=False)
    )
    if array.ndim != len(axes(name)) or 0 in array.shape or not fixed:
        empty = ", no axis empty" if 0 in array.shape else ""
        raise ValueError(f"{source}: key {key!r} has shape {array.shape}; {allowed}{empty}")
    if name == "groups" and array.dtype.kind in "US":
        return array
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{source}: key {key!r} has dtype {array.dtype}; {allowed}")
    with np.errstate(over="ignore"):
        bad = ~np.isfinite(array.astype(np.float32))
    _refuse(source, key, array, bad, "must be finite, also in float32")
    if INPUTS[name].startswith("bool"):
        _refuse(source, key, array, (array != 0) & (array != 1), "must be 0 or 1")
        return array.astype(bool)
    if INPUTS[name].startswith("i32"):
        _refuse(source, key, array, array != np.floor(array), "must be a whole number")
        return array.astype(np.int64)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _sizes(source: str, arrays: dict[str, NDArray[Any]], keys: dict[str, str]) -> dict[str, int]:
    """Return the length of every axis, on which all arrays must agree."""
    sizes: dict[str, tuple[int, str]] = {}
    for name, array in arrays.items():
        for axis, size in zip(axes(name), array.shape, strict=True):
            known, key = sizes.setdefault(axis, (size, keys[name]))
            if known != size:
                raise ValueError(
                    f"{source}: key {keys[name]!r} has {axis} = {size} and {key!r} has "
                    f"{axis} = {known}; they must agree"
                )
    return {axis: size for axis, (size, _) in sizes.items()}


def _refuse_foreign(source: str, key: str, labels: NDArray[Any], classes: int) -> None:
    bad = (labels < 0) | (labels >= classes)
    _refuse(source, key, labels, bad, f"must be a class from 0 to {classes - 1}")


def _refuse(source: str, key: str, array: NDArray[Any], bad: NDArray[Any], rule: str) -> None:
    if np.any(bad):
        place = np.unravel_index(int(np.argmax(bad)), array.shape)
        where = f"[{', '.join(map(str, place))}]" if place else ""
        raise ValueError(f"{source}: key {key!r}{where} = {array[place]} {rule}")
