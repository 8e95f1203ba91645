"""The ``[matrix]`` table: which consequences are asked of every variant, and which apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from jaxuim.sweep.axes import between, refuse
from jaxuim.sweep.check import measure_names, settings
from jaxuim.sweep.declared import Table
from jaxuim.sweep.errors import SpecError, suggest
from jaxuim.sweep.overrides import apply_overrides
from jaxuim.sweep.plan import NO_ADAPTATION, UPSTREAM, Wanted, wanted_rows
from jaxuim.sweep.spec import Spec
from jaxuim.types.registry import catalogue

_FURTHEST = ("far_ood", "near_ood", "id")
_UNLISTED = "is not among the measures of this variant"


class Wish(Table):
    """A consequence as it is asked for; task and adaptation may be left to the matrix."""

    measure: str
    task: str = ""
    adaptation: str = ""


def _wishes(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        raise refuse("must be a list of measures, or of tables with measure, task, adaptation")
    return tuple({"measure": item} if isinstance(item, str) else item for item in value)


def _declared(value: tuple[Wish, ...]) -> tuple[Wish, ...]:
    known = catalogue("measures")
    for wish in value:
        if wish.measure not in known:
            raise refuse("is not known" + suggest(wish.measure, known), wish.measure)
    return value


class MatrixTable(Table):
    """The ``[matrix]`` table of a collection.

    ``level`` is the reference level of biases that declare none; ``task`` and ``adaptation`` are
    those of consequences that name none.
    """

    consequences: (
        Annotated[tuple[Wish, ...], BeforeValidator(_wishes), AfterValidator(_declared)] | None
    ) = None
    task: str = ""
    adaptation: str = ""
    level: Annotated[float | None, AfterValidator(lambda v: v and between(0, 1)(v))] = None
    confidence: Annotated[float, AfterValidator(between(0.5, 0.999))] = 0.95


@dataclass(frozen=True)
class Consequence:
    """A column of the matrix: a measure, taken on a task after an adaptation."""

    measure: str
    task: str
    adaptation: str


@dataclass(frozen=True)
class Matrix:
    """The columns of the matrix, and the confidence of its intervals and tests."""

    consequences: tuple[Consequence, ...]
    confidence: float


def fitted(
    raw: dict[str, Any], overrides: Sequence[str], source: str, matrix: MatrixTable | None
) -> tuple[Spec, dict[str, str]]:
    """Return a variant that takes every measure of the matrix that applies to it.

    Where the file itself lists ``measures.names`` these stay as they are. Also returned are the
    measures that the variant does not take, each with the reason.

    Raises:
        SpecError: the variant cannot be run, whatever it measures.
    """
    if matrix is None or matrix.consequences is None:
        return Spec.from_dict(raw, overrides, source=source), {}
    wished = tuple(dict.fromkeys(wish.measure for wish in matrix.consequences))
    content, _ = apply_overrides(raw, overrides)
    tables = [content.get("measures", {}), content.get("analysis", {})]
    if not all(isinstance(table, dict) for table in tables) or "names" in tables[0]:
        spec = Spec.from_dict(raw, overrides, source=source)
        return spec, {name: _UNLISTED for name in wished if name not in spec.measures.names}
    bare = {**content, "analysis": {}, "expect": []}
    others = [text for text in overrides if not text.strip().startswith(("measures", "analysis"))]
    lacking = {name: _lack(bare, name, others, source) for name in wished}
    names = [name for name, reason in lacking.items() if not reason]
    chosen = _with_measures(content, names) if names else content
    reasons = {name: reason for name, reason in lacking.items() if reason}
    return Spec.from_dict(chosen, overrides, source=source), reasons


def _lack(raw: dict[str, Any], name: str, overrides: Sequence[str], source: str) -> str:
    """Return why a variant cannot take a measure, or nothing if it can."""
    try:
        Spec.from_dict(_with_measures(raw, [name]), overrides, source=source)
    except SpecError as error:
        if error.key != "measures.names":
            raise
        return error.problem
    return ""


def _with_measures(raw: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the sweep with these measures; its response is the file's, or ``error``, or the first.

    A response that the file itself names is measured too, and so is what it expects something of.
    """
    response = raw.get("analysis", {}).get("response")
    expected = raw.get("expect", [])
    tables = expected if isinstance(expected, list) else []
    further = [response, *(table.get("measure") for table in tables if isinstance(table, dict))]
    known = catalogue("measures")
    names = list(
        dict.fromkeys([*names, *(x for x in further if isinstance(x, str) and x in known)])
    )
    if response is None:
        response = "error" if "error" in names else names[0]
    analysis = {**raw.get("analysis", {}), "response": response}
    return {**raw, "measures": {"names": names}, "analysis": analysis}


def columns(table: MatrixTable, variants: Mapping[str, Spec]) -> Matrix:
    """Return the matrix with task and adaptation of every consequence settled.

    A consequence that leaves them open is read on the furthest task, after the first adaptation,
    on which any variant takes its measure; upstream comes last.

    Raises:
        SpecError: no variant takes a measure where it is asked for, though some take it elsewhere.
    """
    taken = {row for spec in variants.values() for row in wanted_rows(spec)}
    specs = list(variants.values())
    adaptations = [name for s in specs for name in settings(s.downstream)["adaptations"]]
    wishes = table.consequences
    if wishes is None:
        names = dict.fromkeys(name for spec in specs for name in measure_names(spec))
        wishes = tuple(Wish(measure=name) for name in names)
    found = [_settled(wish, table, taken, tuple(dict.fromkeys(adaptations))) for wish in wishes]
    repeated = [one for one in found if found.count(one) > 1]
    if repeated:
        one = repeated[0]
        shown = f"{one.measure} on {one.task}, {one.adaptation}"
        raise SpecError("is asked for twice", key="matrix.consequences", value=shown)
    return Matrix(tuple(found), table.confidence)


def _settled(
    wish: Wish, table: MatrixTable, taken: set[Wanted], adaptations: tuple[str, ...]
) -> Consequence:
    tasks = (wish.task,) if wish.task else tuple(filter(None, (table.task, *_FURTHEST, UPSTREAM)))
    order = filter(None, (table.adaptation, *adaptations, NO_ADAPTATION))
    ways = (wish.adaptation,) if wish.adaptation else tuple(order)
    for one in tasks:
        for way in ways:
            if (one, way, wish.measure) in taken:
                return Consequence(wish.measure, one, way)
    elsewhere = sorted(f"{a}/{b}" for a, b, name in taken if name == wish.measure)
    if elsewhere:
        shown = " ".join([wish.measure, *filter(None, (wish.task, wish.adaptation))])
        problem = f"is taken by no variant; {wish.measure} is taken on {', '.join(elsewhere)}"
        raise SpecError(problem, key="matrix.consequences", value=shown)
    only = catalogue("measures")[wish.measure].tasks  # those that it could be taken on, if not all
    task = wish.task or (only[0] if only else tasks[0])
    return Consequence(wish.measure, task, NO_ADAPTATION if task == UPSTREAM else ways[0])
