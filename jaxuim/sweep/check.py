"""Refuse combinations of a sweep's settings that are impossible, from declarations alone."""

from typing import TYPE_CHECKING, Any

from jaxuim.sweep.check_numbers import check_numbers, declared_counts
from jaxuim.sweep.errors import SpecError, suggest
from jaxuim.types.declare import Bias, Measure, Model, Objective, World
from jaxuim.types.registry import catalogue

if TYPE_CHECKING:
    from jaxuim.sweep.spec import Spec

_CANONICAL = ("sampling", "input", "label")
_AUDITED = 20  # examples that an audit needs at least


def declared_world(spec: "Spec") -> World:
    """Return the declaration of the sweep's world."""
    name = str(settings(spec.world)["kind"]).partition(":")[0]
    world: World = catalogue("worlds")[name]
    return world


def settings(table: Any) -> dict[str, Any]:
    """Return a table's settings by name."""
    content: dict[str, Any] = dict(table)
    return content


def bias_order(spec: "Spec") -> tuple[int, ...]:
    """Return positions of the sweep's biases in canonical order: sampling, input, label."""
    touched = [catalogue("biases")[settings(bias)["kind"]].corrupts for bias in spec.bias]
    return tuple(sorted(range(len(touched)), key=lambda index: _CANONICAL.index(touched[index])))


def axes_of(spec: "Spec") -> dict[str, tuple[Any, ...]]:
    """Return every setting of a run by dotted key with its values; level 0 is always among them.

    Keys are ``world.*``, ``bias.*``, ``bias2.*``, ``model.*``, ``pretrain.*`` and ``objective.*``;
    those with more than one value are the axes of the grid. Settings that were left out (``None``)
    are absent.
    """
    tables = {"world": spec.world}
    tables |= {("bias", "bias2")[number]: bias for number, bias in enumerate(spec.bias)}
    tables |= {"model": spec.model, "pretrain": spec.pretrain, "objective": spec.objective}
    values: dict[str, tuple[Any, ...]] = {}
    for section, table in tables.items():
        for name, value in settings(table).items():
            if value is None or (section, name) == ("pretrain", "measure_at"):
                continue
            spread = value if isinstance(value, tuple) else (value,)
            if section.startswith("bias") and name == "level" and 0.0 not in spread:
                spread = (0.0, *spread)
            values[f"{section}.{name}"] = spread
    return values


def grid_axes(spec: "Spec") -> dict[str, tuple[Any, ...]]:
    """Return the settings that take more than one value."""
    return {key: values for key, values in axes_of(spec).items() if len(values) > 1}


def measure_names(spec: "Spec") -> tuple[str, ...]:
    """Return the measures that the sweep takes: those named, or the usual ones where none is."""
    if spec.measures.names:
        return spec.measures.names
    known: dict[str, Measure] = catalogue("measures")
    return tuple(
        name for name, item in known.items() if item.default and _lacking(spec, item.needs) is None
    )


def check(spec: "Spec") -> None:
    """Raise ``SpecError`` for the first combination of settings that cannot be run."""
    _check_biases(spec)
    _check_model(spec)
    _check_objective(spec)
    _check_pretrain(spec)
    _check_repair(spec)
    _check_downstream(spec)
    _check_analysis(spec)
    _check_expectations(spec)


def _lacking(spec: "Spec", needs: tuple[str, ...]) -> str | None:
    """Return what to do about the first capability that the world does not have, or None."""
    world = declared_world(spec)
    for capability in needs:
        if capability not in world.provides:
            able = [
                item.name for item in catalogue("worlds").values() if capability in item.provides
            ]
            return f"needs a world with {capability} ({', '.join(able)}), not {world.name}"
        switch = world.capability_settings.get(capability)
        if switch and not settings(spec.world)[switch]:
            return f"needs {capability} in the world: set world.{switch} = true"
    return None


def _check_biases(spec: "Spec") -> None:
    kinds = [settings(bias)["kind"] for bias in spec.bias]
    if len(set(kinds)) < len(kinds):
        raise SpecError(
            "the two biases must be of different kinds", key="bias2.kind", value=kinds[1]
        )
    for section, kind in zip(("bias", "bias2"), kinds, strict=False):
        bias: Bias = catalogue("biases")[kind]
        problem = _lacking(spec, bias.needs)
        if declared_world(spec).tokens and (bias.render or bias.draws_from == "synthetic"):
            problem = f"changes real numbers, and {declared_world(spec).name} has tokens"
        if problem:
            raise SpecError(problem, key=f"{section}.kind", value=kind)
    name = declared_world(spec).name
    counts = declared_counts(name, settings(spec.world))
    check_numbers(name, counts, [settings(one) for one in spec.bias])


def _check_model(spec: "Spec") -> None:
    kind = settings(spec.model)["kind"]
    world = declared_world(spec)
    if "images" in catalogue("models")[kind].needs and world.images is False:
        raise SpecError(f"needs images, and {world.name} has none", key="model.kind", value=kind)
    needs_tokens = "tokens" in catalogue("models")[kind].needs
    if needs_tokens != world.tokens:
        problem = f"{'needs' if needs_tokens else 'cannot read'} tokens, which {world.name} "
        problem += "has not" if needs_tokens else "has"
        raise SpecError(problem, key="model.kind", value=kind)


def _check_objective(spec: "Spec") -> None:
    """Refuse an objective that does not fit the world or the model."""
    name, world = spec.pretrain.objective, declared_world(spec)
    objective: Objective = catalogue("objectives")[name]
    has = {"images": world.images is not False, "tokens": world.tokens}
    for need in objective.needs:
        if not has.get(need, need in world.provides):
            problem = f"needs {need}, and {world.name} has none"
            raise SpecError(problem, key="pretrain.objective", value=name)
    for refused in objective.refuses:
        if has.get(refused, refused in world.provides):
            problem = f"cannot learn from {refused}, which {world.name} has"
            raise SpecError(problem, key="pretrain.objective", value=name)
    model: Model = catalogue("models")[settings(spec.model)["kind"]]
    if model.objectives and name not in model.objectives:
        allowed = ", ".join(model.objectives)
        problem = f"does not fit model.kind = {model.name!r}, which serves {allowed}"
        raise SpecError(problem, key="pretrain.objective", value=name)
    if objective.models and model.name not in objective.models:
        problem = f"trains {', '.join(objective.models)}, not model.kind = {model.name!r}"
        raise SpecError(problem, key="pretrain.objective", value=name)
    for section, bias in zip(("bias", "bias2"), spec.bias, strict=False):
        kind = settings(bias)["kind"]
        if catalogue("biases")[kind].corrupts == "label" and not objective.uses_labels:
            problem = f"has no effect: pretrain.objective = {name!r} uses no labels"
            raise SpecError(problem, key=f"{section}.kind", value=kind)


def _check_pretrain(spec: "Spec") -> None:
    pretrain, world = spec.pretrain, declared_world(spec)
    pool = settings(spec.world)[world.pool] if isinstance(world.pool, str) else world.pool
    if pool is not None and max(pretrain.samples) > pool:
        raise SpecError(
            f"must be at most {pool}, the size of the pre-training pool of {world.name}",
            key="pretrain.samples",
            value=max(pretrain.samples),
        )
    steps = min(pretrain.steps)
    if pretrain.warmup > steps:
        problem = f"must be at most pretrain.steps = {steps}"
        raise SpecError(problem, key="pretrain.warmup", value=pretrain.warmup)
    late = [step for step in pretrain.measure_at if step > steps]
    if late:
        problem = f"must be between 1 and pretrain.steps = {steps}"
        raise SpecError(problem, key="pretrain.measure_at", value=late[0])


def _check_repair(spec: "Spec") -> None:
    """Refuse repairs of data that an audit cannot read, or that change nothing."""
    pretrain, world = spec.pretrain, declared_world(spec)
    repairs = [method for method in pretrain.repair if method != "none"]
    if not repairs:
        return
    objective: Objective = catalogue("objectives")[pretrain.objective]
    of_labels = [method for method in repairs if method in ("drop", "relabel")]
    problem = ""
    if world.tokens:
        problem = f"needs inputs of real numbers, and {world.name} has tokens"
    elif min(pretrain.samples) < _AUDITED:
        problem = f"needs pretrain.samples of at least {_AUDITED}, not {min(pretrain.samples)}"
    elif of_labels and not objective.uses_labels:
        repairs = of_labels
        problem = f"repairs labels, and pretrain.objective = {objective.name!r} uses none"
    if problem:
        raise SpecError(problem, key="pretrain.repair", value=repairs[0])


def _check_downstream(spec: "Spec") -> None:
    world = declared_world(spec)
    for task in settings(spec.downstream)["tasks"]:
        if task not in world.tasks:
            problem = f"is no task of {world.name}" + suggest(task, world.tasks)
            raise SpecError(problem, key="downstream.tasks", value=task)
    known: dict[str, Measure] = catalogue("measures")
    for name in spec.measures.names:
        if name not in known:
            problem = "is not known" + suggest(name, known)
            raise SpecError(problem, key="measures.names", value=name)
        problem = _lacking(spec, known[name].needs) or ""
        if problem:
            raise SpecError(problem, key="measures.names", value=name)


def _check_analysis(spec: "Spec") -> None:
    analysis, measured = spec.analysis, measure_names(spec)
    if analysis.response not in measured:
        problem = "is not among the measures" + suggest(analysis.response, measured)
        raise SpecError(problem, key="analysis.response", value=analysis.response)
    axes = grid_axes(spec)
    if analysis.axis and analysis.axis not in axes:
        problem = "is no axis of this sweep" + suggest(analysis.axis, axes)
        raise SpecError(problem, key="analysis.axis", value=analysis.axis)
    if analysis.joint and (len(spec.bias) > 1 or len(axes.get("model.width", ())) < 3):
        problem = "needs one bias and at least three values of model.width"
        raise SpecError(problem, key="analysis.joint", value=True)


def _check_expectations(spec: "Spec") -> None:
    columns, measured = axes_of(spec), measure_names(spec)
    for number, one in enumerate(spec.expect):
        wrong = one.problem() or one.mismatch(columns, measured)
        if wrong:
            raise SpecError(wrong[1], key=f"expect[{number}].{wrong[0]}", value=wrong[2])
