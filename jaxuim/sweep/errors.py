"""Turn everything that can be wrong with a sweep file into one sentence that names file and key."""

import difflib
from collections.abc import Iterable
from typing import Any, Self

from pydantic import ValidationError

_ABSENT: Any = object()
_WANTED = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "recursion_loop": "must not contain itself",
}


class SpecError(ValueError):
    """A sweep file, or an override of it, that cannot be used; its text is one sentence.

    Args:
        problem: what is wrong and what is allowed.
        key: dotted name of the offending key, if there is one.
        value: the offending value, if there is one.
        source: the file, or ``--set``, that the key comes from.

    >>> print(SpecError("must be between 0 and 1", key="bias.level", value=1.3, source="a.toml"))
    a.toml: key 'bias.level' = 1.3: must be between 0 and 1
    """

    def __init__(
        self, problem: str, *, key: str = "", value: object = _ABSENT, source: str = ""
    ) -> None:
        self.problem, self.key, self.value, self.source = problem, key, value, source
        parts = [source] if source else []
        if key:
            parts.append(f"key {key!r}" + ("" if value is _ABSENT else f" = {show(value)}"))
        super().__init__(": ".join([*parts, problem]))

    def located(self, source: str) -> Self:
        """Return the same refusal with the name of the file it comes from."""
        return type(self)(self.problem, key=self.key, value=self.value, source=source)


def show(value: object, limit: int = 60) -> str:
    """Return a value on one line as TOML would write it, cut after ``limit`` characters.

    >>> show(True), show([1.0, "a"])
    ('true', "[1.0, 'a']")
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        value = list(value)
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of more than 4,300 digits, a deep nest
        text = f"a very long {type(value).__name__}"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def suggest(name: object, allowed: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for a misspelt name, with what is allowed.

    >>> suggest("bais", ["bias", "world"])
    "; did you mean 'bias'? (allowed: bias, world)"
    """
    names = sorted(allowed)
    close = difflib.get_close_matches(str(name), names, n=1)
    listed = f"(allowed: {', '.join(names)})"
    return f"; did you mean {close[0]!r}? {listed}" if close else f" {listed}"


def from_validation(error: ValidationError, fields: dict[str, tuple[str, ...]]) -> SpecError:
    """Return the first and most telling of pydantic's errors as a sentence.

    Args:
        error: what pydantic raised for the whole sweep.
        fields: for each table (dotted name, ``""`` for the top), the keys that it may hold.
    """
    details = error.errors(include_url=False)
    first = min(details, key=lambda item: item["type"] != "extra_forbidden")
    key = dotted(first["loc"])
    kind = first["type"]
    if kind == "missing":
        return SpecError("is required but missing", key=key)
    if kind == "extra_forbidden":
        table, _, name = key.rpartition(".")
        return SpecError("is unknown" + suggest(name, fields.get(table, ())), key=key)
    value = first.get("ctx", {}).get("value", first["input"])
    problem = _WANTED.get(kind) or " ".join(str(first["msg"]).split())
    return SpecError(problem, key=key, value=value)


def dotted(location: tuple[int | str, ...]) -> str:
    """Return pydantic's location as a dotted key; biases are ``bias`` and ``bias2``.

    >>> dotted(("bias", 1, "level", 3)), dotted(("pretrain", "steps"))
    ('bias2.level', 'pretrain.steps')
    """
    names = [str(part) for part in location if not isinstance(part, int)]
    if names and names[0] == "bias" and len(location) > 1 and location[1] == 1:
        names[0] = "bias2"
    return ".".join(names)
