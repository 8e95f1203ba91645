"""From a checked sweep to its runs: the grid, grouped by program, with content-hash ids."""

import hashlib
import itertools
import json
from dataclasses import asdict, dataclass

from jaxuim.sweep.check import axes_of, bias_order, measure_names, settings
from jaxuim.sweep.errors import SpecError
from jaxuim.sweep.spec import Spec
from jaxuim.types.declare import Measure
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings, Shape

Scalar = float | int | bool | str
Wanted = tuple[str, str, str]  # task, adaptation, measure
MAX_RUNS = 10_000_000
UPSTREAM = "upstream"
NO_ADAPTATION = "none"
_TRACED = ("samples", "learning_rate", "weight_decay")
_PREFIXES = ("bias", "bias2")


@dataclass(frozen=True)
class Run:
    """One grid point and one seed.

    ``params`` holds every scalar setting by dotted key; ``levels`` the bias levels in the canonical
    order of ``Shape.biases``; ``id`` is a hash of what training depends on.
    """

    id: str
    seed: int
    params: dict[str, Scalar]
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Group:
    """The runs that one compiled program carries out, seed by seed."""

    key: str
    shape: Shape
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep and the rows that are wanted of each.

    ``axes`` holds the settings with more than one value; ``wanted`` the (task, adaptation,
    measure) of every row that each run yields at each of its steps.
    """

    spec: Spec
    groups: tuple[Group, ...]
    root_seed: int
    tasks: tuple[str, ...]
    adaptations: dict[str, dict[str, Scalar]]
    measures: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    axes: dict[str, tuple[Scalar, ...]]

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, group by group."""
        return tuple(run for group in self.groups for run in group.runs)

    @property
    def model_steps(self) -> int:
        """Gradient steps of pre-training, summed over all runs."""
        return sum(group.shape.steps * len(group.runs) for group in self.groups)


def make_plan(spec: Spec) -> Plan:
    """Return the plan of a sweep: every combination of its axes with every seed.

    Level 0 is always among the levels. Runs are grouped by ``Shape`` and, inside a group, ordered
    by seed first, so that runs that are compared seed by seed stay together.

    Raises:
        SpecError: the grid is larger than ten million runs.
    """
    values = axes_of(spec)
    count = spec.seeds.count
    for spread in values.values():
        count *= len(spread)
    if count > MAX_RUNS:
        raise SpecError(f"the grid has {count} runs, and at most {MAX_RUNS} are allowed")
    points: dict[Shape, list[dict[str, Scalar]]] = {}
    for combination in itertools.product(*values.values()):
        point = dict(zip(values, combination, strict=True))
        points.setdefault(shape_of(spec, point), []).append(point)
    groups = tuple(
        Group(digest(_static(shape))[:8], shape, _runs(spec, shape, members))
        for shape, members in points.items()
    )
    adaptations = settings(spec.downstream)["adaptations"]
    return Plan(
        spec=spec,
        groups=groups,
        root_seed=spec.seeds.root,
        tasks=settings(spec.downstream)["tasks"],
        adaptations={name: settings(settings(spec.downstream)[name]) for name in adaptations},
        measures=measure_names(spec),
        wanted=wanted_rows(spec),
        axes={key: spread for key, spread in values.items() if len(spread) > 1},
    )


def shape_of(spec: Spec, point: dict[str, Scalar]) -> Shape:
    """Return the static part of a run at one grid point."""
    steps = int(point["pretrain.steps"])
    order = bias_order(spec)
    biases = tuple(str(point[f"{_PREFIXES[index]}.kind"]) for index in order)
    return Shape(
        world=_section(point, "world"),
        biases=biases,
        bias_settings=tuple(_section(point, _PREFIXES[i], ("kind", "level")) for i in order),
        model=str(point["model.kind"]),
        width=int(point["model.width"]),
        depth=int(point["model.depth"]),
        objective=str(point["pretrain.objective"]),
        optimizer=str(point["pretrain.optimizer"]),
        schedule=str(point["pretrain.schedule"]),
        warmup=int(point["pretrain.warmup"]),
        batch_size=int(point["pretrain.batch_size"]),
        steps=steps,
        measure_at=tuple(sorted({*spec.pretrain.measure_at, steps})),
        decays=float(point["pretrain.weight_decay"]) > 0,
        batches=str(point["pretrain.batches"]),
    )


def _section(point: dict[str, Scalar], section: str, without: tuple[str, ...] = ()) -> Settings:
    pairs = [(key.partition(".")[2], value) for key, value in point.items()]
    inside = [pair for key, pair in zip(point, pairs, strict=True) if key.startswith(f"{section}.")]
    return tuple(sorted((name, value) for name, value in inside if name not in without))


def _runs(spec: Spec, shape: Shape, points: list[dict[str, Scalar]]) -> tuple[Run, ...]:
    order = bias_order(spec)
    static = _static(shape)
    del static["measure_at"]  # when a run is measured changes nothing of its training
    runs = []
    for seed in range(spec.seeds.count):
        for point in points:
            levels = tuple(float(point[f"{_PREFIXES[index]}.level"]) for index in order)
            traced = {name: point[f"pretrain.{name}"] for name in _TRACED}
            content = {"shape": static, "levels": levels, "seed": [spec.seeds.root, seed], **traced}
            runs.append(Run(digest(content), seed, point, levels))
    return tuple(runs)


def _static(shape: Shape) -> dict[str, object]:
    """Return a shape's fields; a field added later counts only where it is not at its default.

    So runs keep the id that they had before the field was there.
    """
    static = asdict(shape)
    if shape.batches == "independent":
        del static["batches"]
    return static


def digest(content: object) -> str:
    """Return 16 hexadecimal digits of the blake2b hash of a value's canonical JSON.

    >>> digest({"b": 1, "a": 2.0}) == digest({"a": 2.0, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def wanted_rows(spec: Spec) -> tuple[Wanted, ...]:
    """Return (task, adaptation, measure) of the rows that every run yields.

    Measures of the outputs are taken of the run's own head (task ``upstream``) and of every
    adaptation to every task; measures of the features once for each task, except few_shot, which
    has the features of far_ood.
    """
    known: dict[str, Measure] = catalogue("measures")
    downstream = settings(spec.downstream)
    rows: list[Wanted] = []
    for name in measure_names(spec):
        if known[name].inputs == ("features",):
            tasks = [task for task in downstream["tasks"] if task != "few_shot"]
            rows += [(task, NO_ADAPTATION, name) for task in tasks]
            continue
        rows.append((UPSTREAM, NO_ADAPTATION, name))
        pairs = itertools.product(downstream["tasks"], downstream["adaptations"])
        rows += [(task, adaptation, name) for task, adaptation in pairs]
    return tuple(rows)
