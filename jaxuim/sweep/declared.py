"""Strict tables of a sweep file, built from the declarations of worlds, biases, models, ..."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, create_model

from jaxuim.sweep.axes import between, expand, expand_whole, one_of, unique
from jaxuim.sweep.errors import SpecError, suggest
from jaxuim.types.biases import LEVEL
from jaxuim.types.declare import Bias, Declaration, Parameter
from jaxuim.types.registry import catalogue

_TYPES: dict[str, Any] = {"float": float, "int": int, "bool": bool, "str": str}


class Table(BaseModel):
    """A table of a sweep file: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def parameter_type(parameter: Parameter) -> Any:
    """Return the annotation that checks one declared parameter; an axis becomes a tuple."""
    plain = _TYPES[parameter.kind]
    checks: list[Any] = []
    if parameter.choices:
        checks.append(AfterValidator(_unless_none(one_of(*parameter.choices))))
    if parameter.low is not None or parameter.high is not None:
        checks.append(AfterValidator(_unless_none(between(parameter.low, parameter.high))))
    if parameter.axis:
        spread = _unless_none(expand_whole if parameter.kind == "int" else expand)
        plain = tuple.__class_getitem__((plain, ...))
        checks = [BeforeValidator(spread), *checks, AfterValidator(_unless_none(unique))]
    if parameter.optional:
        plain = plain | None
    for check in checks:
        plain = Annotated[plain, check]
    return plain


def _unless_none(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a check that lets a setting pass that was left out."""
    return lambda value: None if value is None else check(value)


def _field(parameter: Parameter) -> tuple[Any, Any]:
    annotation = parameter_type(parameter)
    if parameter.default is not None:
        return annotation, (parameter.default,) if parameter.axis else parameter.default
    return annotation, (None if parameter.optional else ...)


@cache
def _table(declaration_kind: str, name: str, with_kind: bool) -> type[Table]:
    declaration: Declaration = catalogue(declaration_kind)[name]
    extra = (LEVEL,) if isinstance(declaration, Bias) else ()
    fields: dict[str, Any] = {"kind": (str, ...)} if with_kind else {}
    fields |= {item.name: _field(item) for item in (*extra, *declaration.parameters)}
    return create_model(f"{declaration_kind}_{name}", __base__=Table, **fields)


def settings_table(kind: str, name: str) -> type[Table]:
    """Return the strict table of a declared thing's settings, without its kind.

    >>> settings_table("adaptations", "linear_probe")().model_dump()
    {'l2': 0.01}
    """
    return _table(kind, name, False)


def kind_table(section: str, kind: str, table: object) -> type[Table]:
    """Return the strict table for ``[section]``, chosen by the ``kind`` that stands in it.

    Args:
        section: dotted name of the table, for messages.
        kind: which catalogue, e.g. ``"worlds"``.
        table: the raw table.

    Raises:
        SpecError: the section is missing, is no table, or has no known kind.
    """
    if table is None:
        raise SpecError("is required but missing", key=section)
    if not isinstance(table, dict):
        raise SpecError("must be a table", key=section, value=table)
    if "kind" not in table:
        raise SpecError("is required but missing", key=f"{section}.kind")
    return _table(kind, declared_name(section, kind, table["kind"]), True)


def declared_name(section: str, kind: str, name: object) -> str:
    """Return the name under which a kind is declared; ``tfds:NAME`` is declared as ``tfds``.

    Raises:
        SpecError: no such kind.

    >>> declared_name("world", "worlds", "tfds:mnist")
    'tfds'
    """
    key = f"{section}.kind"
    if not isinstance(name, str):
        raise SpecError("must be text in quotes", key=key, value=name)
    known = catalogue(kind)
    base, colon, data_set = name.partition(":")
    if kind == "worlds" and base == "tfds":
        if not data_set:
            raise SpecError("must name a data set, as in 'tfds:mnist'", key=key, value=name)
        return base
    if colon or name not in known:
        shown = ["tfds:NAME" if item == "tfds" else item for item in known]
        raise SpecError("is not known" + suggest(name, shown), key=key, value=name)
    return name


@cache
def downstream_table() -> type[Table]:
    """Return the strict ``[downstream]`` table, with one sub-table for each adaptation."""
    names = catalogue("adaptations")
    worlds = catalogue("worlds").values()
    tasks = tuple(dict.fromkeys(task for world in worlds for task in world.tasks))
    fields: dict[str, Any] = {
        "tasks": (_names(tasks), ("id", "near_ood", "far_ood")),
        "adaptations": (_names(tuple(names)), ("linear_probe",)),
    }
    fields |= {name: (_adaptation(name), settings_table("adaptations", name)()) for name in names}
    return create_model("Downstream", __base__=Table, **fields)


def _adaptation(name: str) -> Any:
    return settings_table("adaptations", name)


def _names(choices: tuple[str, ...]) -> Any:
    checks = (BeforeValidator(name_list), AfterValidator(one_of(*choices)), AfterValidator(unique))
    annotation: Any = tuple[str, ...]
    for check in checks:
        annotation = Annotated[annotation, check]
    return annotation


def name_list(value: Any) -> tuple[Any, ...]:
    """Return a list of names as a tuple; one name alone is a list of one."""
    return (value,) if isinstance(value, dict) else expand(value)
