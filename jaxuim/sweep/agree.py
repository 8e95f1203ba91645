"""Whether a sweep may go on in a directory that holds results: values may be added, not changed."""

from typing import Any

from jaxuim.sweep.errors import show

_FREE = ("name", "question", "expectation", "source", "cost", "analysis", "expect")
_GROWING = ("seeds.count",)


def disagreement(stored: dict[str, Any], new: dict[str, Any]) -> str | None:
    """Return in words the first key of a resolved sweep that took something away, or None.

    Lists may grow (more levels, widths, tasks, measures, steps to measure at), the number of seeds
    may rise, texts, ``[analysis]`` and ``[[expect]]`` may change; everything else must stay as it
    was.

    >>> disagreement({"model": {"width": [32, 128]}}, {"model": {"width": [32]}})
    "key 'model.width' was [32, 128] and is now [32]"
    >>> disagreement({"model": {"width": [32]}}, {"model": {"width": [32, 64]}})
    """
    before, after = _flat(stored), _flat(new)
    for key, old in before.items():
        if key.partition(".")[0] in _FREE or _unused(key, stored):
            continue
        if key not in after:
            if old is not None:
                return f"key {key!r} was {show(old)} and is now absent"
        elif not _holds(key, old, after[key]):
            return f"key {key!r} was {show(old)} and is now {show(after[key])}"
    added = [key for key in after if key.startswith("bias2.") and key not in before]
    return f"key {added[0]!r} is new, and a second bias cannot be added" if added else None


def _holds(key: str, old: Any, new: Any) -> bool:
    if key in _GROWING:
        return bool(new >= old)
    if isinstance(old, list) and isinstance(new, list):
        implied = {0.0} if key.startswith("bias") and key.endswith(".level") else set()
        return {*old} <= {*new, *implied}
    return type(old) is type(new) and bool(old == new)


def _unused(key: str, stored: dict[str, Any]) -> bool:
    """Return whether a key holds settings of an adaptation that made none of the rows."""
    parts = key.split(".")
    if parts[0] != "downstream" or len(parts) < 3:
        return False
    return parts[1] not in stored["downstream"]["adaptations"]


def _flat(content: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        key = f"{prefix}{name}"
        if name == "bias" and not prefix:
            for number, table in enumerate(value):
                flat |= _flat(table, "bias2." if number else "bias.")
        elif isinstance(value, dict):
            flat |= _flat(value, f"{key}.")
        else:
            flat[key] = value
    return flat
