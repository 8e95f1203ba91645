"""Apply ``--set key=value`` to a raw sweep before it is checked."""

import copy
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from jaxuim.sweep.errors import SpecError

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_:./+-]*")
_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def apply_overrides(
    raw: dict[str, Any], overrides: Sequence[str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a copy of the raw sweep with the overrides applied, and the keys they set.

    Args:
        raw: nested dictionaries from a TOML file.
        overrides: ``KEY=VALUE`` with a dotted key and a TOML value; a bare word is text.
            ``bias2.level`` is the level of the second bias.

    Raises:
        SpecError: an override cannot be read, or its key does not lead to a table.

    >>> apply_overrides({"bias": {"level": 0.1}}, ["bias.level=0.3"])
    ({'bias': {'level': 0.3}}, ('bias.level',))
    """
    if not overrides:
        return raw, ()
    changed = copy.deepcopy(raw)
    keys = []
    for override in overrides:
        key, equals, text = (part.strip() for part in override.partition("="))
        if not equals or not _KEY.fullmatch(key):
            problem = f"{override!r} must have the form KEY=VALUE, as in bias.level=0.3"
            raise SpecError(problem, source="--set")
        *path, last = key.split(".")
        _table_at(changed, path, key)[last] = _value(key, text)
        keys.append(key)
    return changed, tuple(keys)


def _value(key: str, text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        parsed = {}
    if set(parsed) == {"value"}:
        return parsed["value"]
    if _WORD.fullmatch(text):
        return text
    raise SpecError("is not a TOML value", key=key, value=text, source="--set")


def _table_at(raw: dict[str, Any], path: list[str], key: str) -> dict[str, Any]:
    table: Any = raw
    for depth, name in enumerate(path):
        if depth == 0 and name in ("bias", "bias2"):
            table = _bias(raw, name, key)
        else:
            table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise SpecError(f"{'.'.join(path[: depth + 1])} is no table", key=key, source="--set")
    return table


def _bias(raw: dict[str, Any], name: str, key: str) -> Any:
    biases = raw.setdefault("bias", {})
    number = 0 if name == "bias" else 1
    tables = biases if isinstance(biases, list) else [biases]
    if number >= len(tables):
        raise SpecError("there is no second [[bias]] table", key=key, source="--set")
    return tables[number]
