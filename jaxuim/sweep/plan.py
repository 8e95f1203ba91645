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
# What concerns the pre-trained run as a whole, whatever is built on it.
_OF_THE_RUN = {
    "perturbed_logits",
    "pool_logits",
    "pool_wrong",
    "audited",
    "canary_losses",
    "canaries_shown",
    "reference_losses",
    "objective_loss",
    "perturbed_loss",
    "scores",
    "member",
    "wanted_losses",
    "unwanted_losses",
    "stereotype_losses",
    "antistereotype_losses",
    "fact_hits",
    "generated",
    "made_means",
}
_PREFIXES = ("bias", "bias2")


@dataclass(frozen=True)
class Run:
    """One grid point and one seed.

    ``params`` holds every scalar setting by dotted key; ``levels`` the bias levels and ``dials``
    their traced second settings (0 where there is none) in the canonical order of
    ``Shape.biases``; ``id`` is a hash of what training depends on.
    """

    id: str
    seed: int
    params: dict[str, Scalar]
    levels: tuple[float, ...]
    dials: tuple[float, ...] = ()


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
        bias_settings=tuple(_section(point, _PREFIXES[i], _dials(point, i)) for i in order),
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
        balance=str(point["pretrain.balance"]),
        repair=str(point["pretrain.repair"]),
        model_settings=_changed(point, "model", "models", ("kind", "width", "depth")),
        objective_settings=_changed(point, "objective", "objectives", ("kind",)),
    )


def _dials(point: dict[str, Scalar], index: int) -> tuple[str, ...]:
    """Return the names of a bias's settings that are not static."""
    dial = catalogue("biases")[str(point[f"{_PREFIXES[index]}.kind"])].dial
    return ("kind", "level", *((dial.name,) if dial else ()))


def _changed(
    point: dict[str, Scalar], section: str, kind: str, without: tuple[str, ...]
) -> Settings:
    """Return the settings of a section that differ from their declared defaults."""
    name = str(point["pretrain.objective" if section == "objective" else f"{section}.kind"])
    usual = {item.name: item.default for item in catalogue(kind)[name].parameters}
    return tuple(
        (key, value) for key, value in _section(point, section, without) if value != usual[key]
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
            dials = tuple(_dial(point, index) for index in order)
            traced: dict[str, object] = {name: point[f"pretrain.{name}"] for name in _TRACED}
            if any(dials):
                traced["dials"] = dials
            content = {"shape": static, "levels": levels, "seed": [spec.seeds.root, seed], **traced}
            runs.append(Run(digest(content), seed, point, levels, dials))
    return tuple(runs)


def _dial(point: dict[str, Scalar], index: int) -> float:
    dial = catalogue("biases")[str(point[f"{_PREFIXES[index]}.kind"])].dial
    return float(point[f"{_PREFIXES[index]}.{dial.name}"]) if dial else 0.0


def _static(shape: Shape) -> dict[str, object]:
    """Return a shape's fields; a field added later counts only where it is not at its default.

    So runs keep the id that they had before the field was there.
    """
    static = asdict(shape)
    later: dict[str, object] = {"batches": "independent", "balance": "none", "repair": "none"}
    later |= {"model_settings": (), "objective_settings": ()}
    return {k: v for k, v in static.items() if k not in later or v != later[k]}


def digest(content: object) -> str:
    """Return 16 hexadecimal digits of the blake2b hash of a value's canonical JSON.

    >>> digest({"b": 1, "a": 2.0}) == digest({"a": 2.0, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def wanted_rows(spec: Spec) -> tuple[Wanted, ...]:
    """Return (task, adaptation, measure) of the rows that every run yields.

    Measures of the outputs are taken of the run's own head (task ``upstream``), where its objective
    gives it one, and of every adaptation to every task; measures of the features once for each
    task, except few_shot, which has the features of far_ood; measures of the run as a whole,
    and those that compare runs, once. A measure's declared tasks restrict this.
    """
    known: dict[str, Measure] = catalogue("measures")
    rows: list[Wanted] = []
    for name in measure_names(spec):
        places = _places(spec, known[name])
        allowed = known[name].tasks
        rows += [(*place, name) for place in places if not allowed or place[0] in allowed]
    return tuple(rows)


def _places(spec: Spec, measure: Measure) -> list[tuple[str, str]]:
    """Return the (task, adaptation) at which a measure can be taken."""
    downstream = settings(spec.downstream)
    inputs = set(measure.inputs)
    if measure.compares or inputs & _OF_THE_RUN:
        return [(UPSTREAM, NO_ADAPTATION)]
    if not inputs & {"logits", "triggered_logits"}:
        return [(task, NO_ADAPTATION) for task in downstream["tasks"] if task != "few_shot"]
    classifies = catalogue("objectives")[spec.pretrain.objective].classifies
    own = [(UPSTREAM, NO_ADAPTATION)] if classifies else []
    return own + list(itertools.product(downstream["tasks"], downstream["adaptations"]))
