"""The declared form of a sweep: strict tables read from TOML, checked without JAX."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, ValidationError, create_model

from jaxuim.sweep.axes import between, expand, expand_whole, file_name, one_of, or_empty, unique
from jaxuim.sweep.check import check, measure_names
from jaxuim.sweep.declared import (
    Table,
    downstream_table,
    kind_table,
    name_list,
    settings_table,
)
from jaxuim.sweep.errors import SpecError, from_validation, suggest
from jaxuim.sweep.expect import Expect
from jaxuim.sweep.overrides import apply_overrides
from jaxuim.types.laws import LAWS
from jaxuim.types.objectives import OBJECTIVES
from jaxuim.types.shape import BALANCES, REPAIRS

_S = TypeVar("_S", bound="Spec")
_Count = Annotated[
    tuple[int, ...],
    BeforeValidator(expand_whole),
    AfterValidator(between(1, 10_000_000)),
    AfterValidator(unique),
]
_Rate = Annotated[
    tuple[float, ...],
    BeforeValidator(expand),
    AfterValidator(between(0, 1000)),
    AfterValidator(unique),
]


class Pretrain(Table):
    """How every run is pre-trained; ``samples`` to ``weight_decay`` may be axes."""

    objective: Annotated[str, AfterValidator(one_of(*OBJECTIVES))] = "supervised"
    samples: _Count
    steps: _Count
    batch_size: _Count = (64,)
    batches: Annotated[str, AfterValidator(one_of("independent", "distinct"))] = "independent"
    balance: Annotated[
        tuple[str, ...],
        BeforeValidator(name_list),
        AfterValidator(one_of(*BALANCES)),
        AfterValidator(unique),
    ] = ("none",)
    repair: Annotated[
        tuple[str, ...],
        BeforeValidator(name_list),
        AfterValidator(one_of(*REPAIRS)),
        AfterValidator(unique),
    ] = ("none",)
    optimizer: Annotated[str, AfterValidator(one_of("sgd", "momentum", "adam", "adamw"))] = "adam"
    learning_rate: _Rate = (1e-3,)
    weight_decay: _Rate = (0.0,)
    schedule: Annotated[str, AfterValidator(one_of("constant", "cosine"))] = "constant"
    warmup: Annotated[int, AfterValidator(between(0, 10_000_000))] = 0
    measure_at: Annotated[
        tuple[int, ...],
        BeforeValidator(or_empty(expand_whole)),
        AfterValidator(between(1, 10_000_000)),
        AfterValidator(unique),
    ] = ()


class Measures(Table):
    """Which measures are taken; without a list, all that the world allows."""

    names: Annotated[tuple[str, ...], BeforeValidator(name_list), AfterValidator(unique)] = ()


class Seeds(Table):
    """How many seeds, counted from 0, and the root that they are folded into."""

    count: Annotated[int, AfterValidator(between(1, 1_000_000))] = 8
    root: Annotated[int, AfterValidator(between(0, 2**32 - 1))] = 0


class Output(Table):
    """What is kept beside the table of results."""

    save_models: bool = False


class Analysis(Table):
    """What the report asks of the results; changing it never costs a run."""

    response: str = "error"
    axis: str = ""
    laws: Annotated[
        tuple[str, ...],
        BeforeValidator(or_empty(name_list)),
        AfterValidator(one_of(*LAWS)),
        AfterValidator(unique),
    ] = ()
    tipping: bool = True
    joint: bool = False
    confidence: Annotated[float, AfterValidator(between(0.5, 0.999))] = 0.95


class Spec(Table):
    """A whole sweep, checked; ``Spec.load`` reads it from a TOML file.

    ``world``, ``bias``, ``model``, ``objective`` (of the one that ``pretrain`` names) and
    ``downstream`` hold the declared settings of what they name;
    ``bias`` is always a tuple, of one or two tables. Values that may span an axis are tuples.
    """

    name: Annotated[str, AfterValidator(file_name)]
    question: str = ""
    expectation: str = ""
    source: str = ""
    cost: str = ""
    world: Table
    bias: tuple[Table, ...]
    model: Table
    pretrain: Pretrain
    objective: Table
    downstream: Table
    measures: Measures = Measures()
    seeds: Seeds = Seeds()
    output: Output = Output()
    analysis: Analysis = Analysis()
    expect: tuple[Expect, ...] = ()

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = ()) -> Self:
        """Read a sweep file, apply ``KEY=VALUE`` overrides, and check the result.

        Args:
            path: a TOML file.
            overrides: such as ``"bias.level=0.3"``; the value is TOML.

        Raises:
            SpecError: with one sentence naming file, key, value and what is allowed.
        """
        return cls.from_dict(read_toml(path), overrides, source=str(path))

    @classmethod
    def from_dict(
        cls, raw: dict[str, Any], overrides: Sequence[str] = (), *, source: str = ""
    ) -> Self:
        """Check a sweep given as nested dictionaries, as ``tomllib`` returns them.

        Raises:
            SpecError: as ``load`` does; ``source`` is the name its message begins with.
        """
        raw, changed = apply_overrides(raw, overrides)
        try:
            return cls._checked(raw)
        except SpecError as error:
            given = any(error.key == key or error.key.startswith(f"{key}.") for key in changed)
            raise error.located("--set" if given else source) from None

    @classmethod
    def _checked(cls, raw: dict[str, Any]) -> Self:
        for key in raw:
            if key not in cls.model_fields:
                raise SpecError("is unknown" + suggest(key, cls.model_fields), key=key)
        world = kind_table("world", "worlds", raw.get("world"))
        biases = raw.get("bias")
        tables = biases if isinstance(biases, list) else [biases]
        if not 1 <= len(tables) <= 2:
            raise SpecError("must be one table or a list of two", key="bias", value=biases)
        kinds = tuple(
            kind_table(f"bias{number or ''}", "biases", table)
            for number, table in zip((0, 2), tables, strict=False)
        )
        model = kind_table("model", "models", raw.get("model"))
        resolved = _narrowed(cls, world, kinds, model, _objective(raw.get("pretrain")))
        try:
            expected = (
                {"expect": tuple(raw["expect"])} if isinstance(raw.get("expect"), list) else {}
            )
            spec = resolved.model_validate({**raw, **expected, "bias": tuple(tables)})
        except ValidationError as error:
            raise from_validation(error, _allowed_keys(resolved)) from None
        check(spec)
        return spec

    def resolved(self) -> dict[str, Any]:
        """Return the sweep as plain values with every default filled in, as it is stored."""
        content = self.model_dump(mode="json")
        content["measures"]["names"] = list(measure_names(self))
        return content


def _objective(pretrain: object) -> type[Table]:
    """Return the strict table of the settings of the objective that ``[pretrain]`` names."""
    usual = Pretrain.model_fields["objective"].default
    name = pretrain.get("objective", usual) if isinstance(pretrain, dict) else usual
    return settings_table("objectives", name if name in OBJECTIVES else usual)


@cache
def _narrowed(
    base: type[_S],
    world: type[Table],
    biases: tuple[type[Table], ...],
    model: type[Table],
    objective: type[Table],
) -> type[_S]:
    """Return the sweep with the tables of these very kinds in place of any table."""
    fields: dict[str, Any] = {
        "world": (world, ...),
        "bias": (tuple.__class_getitem__(biases), ...),
        "model": (model, ...),
        "objective": (objective, objective()),
        "downstream": (downstream_table(), downstream_table()()),
    }
    return create_model("Spec", __base__=base, **fields)


def read_toml(path: str | Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        SpecError: the file is missing, unreadable, not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_bytes().decode())
    except UnicodeDecodeError:
        raise SpecError("is not UTF-8 text", source=str(path)) from None
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise SpecError(f"cannot be read: {reason}", source=str(path)) from None
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SpecError(f"is not valid TOML: {reason}", source=str(path)) from None


def _allowed_keys(table: type[Table], prefix: str = "") -> dict[str, tuple[str, ...]]:
    keys = {prefix: tuple(table.model_fields)}
    for name, field in table.model_fields.items():
        arguments = getattr(field.annotation, "__args__", None) or (field.annotation,)
        for position, inner in enumerate(arguments):
            if isinstance(inner, type) and issubclass(inner, Table):
                label = "bias2" if name == "bias" and position == 1 else name
                keys |= _allowed_keys(inner, f"{prefix}.{label}" if prefix else label)
    return keys
