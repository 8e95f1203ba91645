"""Sweep files with variants: one base and, for each variant, what it has in place of it; no JAX."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError

from jaxuim.sweep.axes import between, expand, file_name
from jaxuim.sweep.check import axes_of, settings
from jaxuim.sweep.declared import Table
from jaxuim.sweep.errors import SpecError, from_validation, suggest
from jaxuim.sweep.expect import Expect, Problem
from jaxuim.sweep.matrix_columns import Matrix, MatrixTable, Wish, columns, fitted
from jaxuim.sweep.overrides import apply_overrides
from jaxuim.sweep.spec import Spec, read_toml
from jaxuim.types.declare import Bias
from jaxuim.types.registry import catalogue

_TEXTS = ("name", "question", "expectation", "source", "cost")
_RESERVED = ("figures", "tables")
_SPANS = ({"linspace"}, {"logspace"})


class _Head(Table):
    """What a collection says of itself, beside its base and its variants."""

    name: Annotated[str, AfterValidator(file_name)]
    question: str = ""
    expectation: str = ""
    source: str = ""
    cost: str = ""
    matrix: MatrixTable | None = None
    expect: tuple[Expect, ...] = ()


class _Row(Table):
    """What a variant may say beside parts of a sweep."""

    name: Annotated[str, AfterValidator(file_name)]
    reference: Annotated[
        tuple[float, ...] | None,
        BeforeValidator(lambda value: None if value is None else expand(value)),
        AfterValidator(lambda value: None if value is None else between(0, 1)(value)),
    ] = None
    family: str = ""


@dataclass(frozen=True)
class Variant:
    """What a collection notes of one variant beside its sweep.

    ``biases`` names the kinds, ``reference`` holds one level for each, ``family`` is the group that
    it is shown in, ``lacking`` the measures of the matrix that it cannot take, each with the
    reason. ``excluded`` says why the variant is not run at all, where its bias does not apply.
    """

    biases: tuple[str, ...]
    reference: tuple[float, ...]
    family: str
    lacking: dict[str, str]
    excluded: str = ""


@dataclass(frozen=True)
class Collection:
    """A sweep file with variants, checked: every variant is an ordinary sweep.

    ``notes`` holds all variants in the order of the file, ``variants`` those that can be run.
    ``expect`` is held against the rows of all variants together, with a column ``variant``.
    """

    name: str
    question: str
    expectation: str
    source: str
    cost: str
    variants: dict[str, Spec]
    notes: dict[str, Variant]
    matrix: Matrix | None
    expect: tuple[Expect, ...] = ()


def is_collection(raw: Mapping[str, Any]) -> bool:
    """Return whether the content of a sweep file has variants.

    >>> is_collection({"name": "a", "variant": [{"name": "b"}]}), is_collection({"name": "a"})
    (True, False)
    """
    return "variant" in raw


def load_collection(path: str | Path, overrides: Sequence[str] = ()) -> Collection:
    """Read a sweep file with variants and check every one of them.

    Args:
        path: a TOML file.
        overrides: ``KEY=VALUE``; each holds for all variants, and prevails over them.

    Raises:
        SpecError: with one sentence naming file, variant, key, value and what is allowed.
    """
    return collection_from_dict(read_toml(path), overrides, source=str(path))


def collection_from_dict(
    raw: dict[str, Any], overrides: Sequence[str] = (), *, source: str = ""
) -> Collection:
    """Check a collection given as nested dictionaries, as ``tomllib`` returns them.

    Raises:
        SpecError: as ``load_collection`` does; ``source`` is the name its message begins with.
    """
    own = [text for text in overrides if _leads_to(text, (*_TEXTS, "matrix"))]
    shared = [text for text in overrides if text not in own]
    for text in shared:
        if _leads_to(text, ("variant",)):
            problem = "holds for no single variant; give the key of a sweep, as in seeds.count"
            raise SpecError(problem, key=text.partition("=")[0].strip(), source="--set")
    raw, changed = apply_overrides(raw, own)
    try:
        head, tables = _head(raw), _tables(raw.get("variant"))
    except SpecError as error:
        raise error.located("--set" if error.key in changed else source) from None
    base = {key: value for key, value in raw.items() if key not in ("variant", "matrix", "expect")}
    variants: dict[str, Spec] = {}
    notes: dict[str, Variant] = {}
    refused: SpecError | None = None
    for row, parts in tables:
        content = merged(base, {**parts, "name": row.name})
        try:
            variants[row.name], notes[row.name] = _checked(row, content, shared, source, head)
        except SpecError as error:
            if head.matrix is None or not _mismatch(error):
                raise
            notes[row.name] = _excluded(row, content["bias"], error.problem)
            refused = error
    if refused is not None and not variants:
        raise refused
    try:
        matrix = None if head.matrix is None else columns(head.matrix, variants)
        if len(variants) == len(notes):  # else the variant that has the setting may be left out
            _check_expectations(head, variants)
    except SpecError as error:
        raise error.located("--set" if error.key in changed else source) from None
    texts = {name: getattr(head, name) for name in _TEXTS}
    return Collection(**texts, variants=variants, notes=notes, matrix=matrix, expect=head.expect)


def _checked(
    row: _Row, content: dict[str, Any], overrides: list[str], source: str, head: _Head
) -> tuple[Spec, Variant]:
    """Return a variant's sweep and what is noted of it; sentences of errors name the variant."""
    place = ": ".join(part for part in (source, f"variant {row.name!r}") if part)
    spec, lacking = fitted(content, overrides, place, head.matrix)
    kinds = tuple(settings(bias)["kind"] for bias in spec.bias)
    try:
        reference = _reference(row, spec, head.matrix)
    except SpecError as error:
        raise error.located(place) from None
    return spec, Variant(kinds, reference, row.family or _touched(kinds), lacking)


def merged(base: Mapping[str, Any], change: Mapping[str, Any], *, top: bool = True) -> Any:
    """Return a table with the keys of another one in place of its own.

    Tables inside are merged in turn, but one of another ``kind`` replaces the first whole; numbers,
    texts, lists and ranges replace; ``bias`` always replaces whole.

    >>> merged({"model": {"kind": "mlp", "width": 8}}, {"model": {"width": 16}})
    {'model': {'kind': 'mlp', 'width': 16}}
    >>> merged({"model": {"kind": "mlp", "width": 8}}, {"model": {"kind": "cnn"}})
    {'model': {'kind': 'cnn'}}
    """
    result: dict[str, Any] = copy.deepcopy(dict(base))
    for key, value in change.items():
        old = result.get(key)
        alike = _alike(old, value) and not (top and key == "bias")
        result[key] = merged(old or {}, value, top=False) if alike else copy.deepcopy(value)
    return result


def _alike(old: Any, new: Any) -> bool:
    """Return whether both are tables, no ranges, and the new one is of no other kind."""
    if not all(isinstance(table, dict) and set(table) not in _SPANS for table in (old, new)):
        return False
    return "kind" not in new or new["kind"] == old.get("kind")


def _leads_to(override: str, heads: tuple[str, ...]) -> bool:
    return override.partition("=")[0].strip().partition(".")[0] in heads


def _head(raw: dict[str, Any]) -> _Head:
    allowed = (*Spec.model_fields, "variant", "matrix")
    for key in raw:
        if key not in allowed:
            raise SpecError("is unknown" + suggest(key, allowed), key=key)
    fields = {"": tuple(_Head.model_fields), "matrix": tuple(MatrixTable.model_fields)}
    fields["matrix.consequences"] = tuple(Wish.model_fields)
    fields["expect"] = tuple(Expect.model_fields)
    try:
        own = {key: raw[key] for key in _Head.model_fields if key in raw}
        if isinstance(own.get("expect"), list):
            own["expect"] = tuple(own["expect"])
        head = _Head.model_validate(own)
    except ValidationError as error:
        raise from_validation(error, fields) from None
    _refuse(head, lambda one: one.problem())
    return head


def _refuse(head: _Head, problem: Callable[[Expect], Problem | None]) -> None:
    """Raise ``SpecError`` for the first expectation that has a problem."""
    for number, one in enumerate(head.expect):
        if wrong := problem(one):
            raise SpecError(wrong[1], key=f"expect[{number}].{wrong[0]}", value=wrong[2])


def _check_expectations(head: _Head, variants: Mapping[str, Spec]) -> None:
    """Refuse what is expected of a setting that no variant has, or of an unknown measure.

    Raises:
        SpecError: as ``check`` does for one sweep.
    """
    columns: dict[str, tuple[Any, ...]] = {"variant": tuple(variants)}
    for spec in variants.values():
        columns |= axes_of(spec)
    _refuse(head, lambda one: one.mismatch(columns, catalogue("measures")))


def _tables(tables: object) -> list[tuple[_Row, dict[str, Any]]]:
    """Return each ``[[variant]]`` table, what it says of itself apart from the rest."""
    if not isinstance(tables, list) or not tables:
        raise SpecError("must be one or more [[variant]] tables", key="variant")
    rows = []
    names: set[str] = set()
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            raise SpecError("must be a table", key="variant", value=table)
        own = {key: table[key] for key in _Row.model_fields if key in table}
        try:
            row = _Row.model_validate(own)
        except ValidationError as error:
            found = from_validation(error, {})
            place = {"key": f"variant.{found.key}"} | _value(found)
            raise SpecError(f"{found.problem} (variant {number})", **place) from None
        if row.name.lower() in names or row.name in _RESERVED:
            problem = "is taken: every variant needs a name of its own, which is no folder's"
            raise SpecError(problem, key="variant.name", value=row.name)
        names.add(row.name.lower())
        rows.append((row, {key: table[key] for key in table if key not in own}))
    return rows


def _value(error: SpecError) -> dict[str, Any]:
    return {} if error.problem == "is required but missing" else {"value": error.value}


def _mismatch(error: SpecError) -> bool:
    """Return whether a refusal says that a known bias does not fit the rest of the sweep."""
    named = error.key in ("bias.kind", "bias2.kind") and isinstance(error.value, str)
    return named and error.value in catalogue("biases")


def _excluded(row: _Row, biases: Any, problem: str) -> Variant:
    kinds = tuple(bias["kind"] for bias in (biases if isinstance(biases, list) else [biases]))
    return Variant(kinds, row.reference or (), row.family or _touched(kinds), {}, problem)


def _touched(kinds: Sequence[str]) -> str:
    first: Bias = catalogue("biases")[kinds[0]]
    return {"label": "labels", "input": "inputs"}.get(first.corrupts, first.corrupts)


def _reference(row: _Row, spec: Spec, matrix: MatrixTable | None) -> tuple[float, ...]:
    """Return the level of each bias that stands for it: the variant's, the matrix's, the highest.

    Raises:
        SpecError: there is another number of levels, or one that the sweep does not run.
    """
    levels: list[tuple[float, ...]] = [settings(bias)["level"] for bias in spec.bias]
    given = row.reference
    if given is None and matrix is not None and matrix.level is not None:
        given = (matrix.level,) * len(levels)
    if given is None:
        return tuple(max(spread) for spread in levels)
    if len(given) != len(levels):
        problem = f"needs one level for each of {len(levels)} biases"
        raise SpecError(problem, key="reference", value=given)
    for level, spread in zip(given, levels, strict=True):
        if level == 0 or level not in spread:
            problem = f"must be a level above 0 that is run ({', '.join(map(str, spread))})"
            raise SpecError(problem, key="reference", value=level)
    return given
