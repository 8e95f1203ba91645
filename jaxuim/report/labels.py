"""Words for people: names of tasks, axes and measures, and numbers with sensible digits."""

import math
from collections.abc import Mapping
from typing import Any

from jaxuim.types.registry import catalogue

MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"
_WORDS = {"True": "yes", "False": "no"}
_TASKS = {
    "upstream": "upstream",
    "id": "in-distribution",
    "near_ood": "near-OOD",
    "far_ood": "far-OOD",
    "few_shot": "few-shot",
}
_ADAPTATIONS = {"none": "own head", "linear_probe": "linear probe", "finetune": "fine-tuning"}
_IN_SENTENCES = {"linear_probe": "a linear probe", "finetune": "fine-tuning"}
_AXES = {
    "model.width": "width",
    "model.depth": "depth",
    "pretrain.samples": "pre-training samples",
    "pretrain.steps": "pre-training steps",
    "pretrain.batch_size": "batch size",
    "pretrain.learning_rate": "learning rate",
    "pretrain.weight_decay": "weight decay",
    "step": "training step",
}
_UNITS = {
    "model.width": "units",
    "model.depth": "layers",
    "pretrain.samples": "examples",
    "pretrain.steps": "steps",
    "pretrain.batch_size": "examples",
}


def plain(name: str) -> str:
    """Return a declared name as words.

    >>> plain("symmetric_label_noise")
    'symmetric label noise'
    """
    return name.replace("_", " ")


def task(name: str) -> str:
    """Return what the page calls a task.

    >>> task("far_ood")
    'far-OOD'
    """
    return _TASKS[name] if name in _TASKS else plain(name)


def adaptation(name: str) -> str:
    """Return what the page calls an adaptation.

    >>> adaptation("finetune")
    'fine-tuning'
    """
    return _ADAPTATIONS[name] if name in _ADAPTATIONS else plain(name)


def measure(name: str) -> str:
    """Return a measure's declared label, or its name as words.

    >>> measure("nll")
    'negative log-likelihood'
    """
    declared = catalogue("measures")
    return declared[name].label if name in declared and declared[name].label else plain(name)


def measure_axis(name: str, effect: bool = False) -> str:
    """Return an axis title for a measure, its unit in brackets where it has one.

    >>> measure_axis("effective_rank")
    'effective rank [dimensions]'
    >>> measure_axis("error", effect=True)
    'inherited effect on error'
    """
    declared = catalogue("measures")
    unit = f" [{declared[name].unit}]" if name in declared and declared[name].unit else ""
    return ("inherited effect on " if effect else "") + measure(name) + unit


def axis(name: str, biases: Mapping[str, str]) -> str:
    """Return an axis title; ``biases`` maps ``bias`` or ``bias2`` to the kind of bias it is.

    >>> axis("bias.level", {"bias": "symmetric_label_noise"})
    'symmetric label noise level b'
    >>> axis("pretrain.samples", {})
    'pre-training samples'
    >>> axis("objective.condition_noise", {})
    'condition noise'
    """
    head, _, tail = name.partition(".")
    if tail == "level":
        kind = plain(biases[head]) if head in biases else "bias"
        return f"{kind} level b" + head.removeprefix("bias")
    if head == "objective":
        return plain(tail)
    return _AXES[name] if name in _AXES else plain(name.replace(".", " "))


def axis_title(name: str, biases: Mapping[str, str]) -> str:
    """Return ``axis`` with a unit in brackets where there is one.

    >>> axis_title("model.width", {})
    'width [units]'
    """
    unit = f" [{_UNITS[name]}]" if name in _UNITS else ""
    return axis(name, biases) + unit


def setting(name: str, value: Any, biases: Mapping[str, str]) -> str:
    """Return one grid setting in words.

    >>> setting("model.width", 128, {}), setting("pretrain.samples", 512, {})
    ('width 128', '512 samples')
    """
    if name == "pretrain.samples":
        return f"{number(value)} samples"
    return f"{axis(name, biases)} {number(value)}"


def with_adaptation(name: str) -> str:
    """Return an adaptation as it stands in a sentence.

    >>> with_adaptation("linear_probe")
    'a linear probe'
    """
    return _IN_SENTENCES[name] if name in _IN_SENTENCES else adaptation(name)


def law(name: str) -> str:
    """Return what the page calls a law.

    >>> law("hill"), law("saturating_power"), law("bnsl1")
    ('Hill', 'saturating power', 'BNSL1')
    """
    if name[-1:].isdigit():  # named by an abbreviation and a number
        return name.upper()
    return name.capitalize() if name in ("hill", "chinchilla") else plain(name)


def series(task_name: str, adaptation_name: str) -> str:
    """Return the words for a task together with how the model was adapted to it.

    >>> series("far_ood", "linear_probe")
    'far-OOD, linear probe'
    """
    if task_name == "upstream":
        return "upstream, own head"
    if adaptation_name == "none":
        return f"{task(task_name)} features"
    return f"{task(task_name)}, {adaptation(adaptation_name)}"


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case and the rest untouched.

    >>> sentence("far-OOD error")
    'Far-OOD error'
    """
    return text[:1].upper() + text[1:]


def number(value: Any, digits: int = 4) -> str:
    """Return a value in at most ``digits`` significant digits, with a true minus sign.

    >>> number(0.30000000000000004), number(-1.5), number(float("nan")), number("adam")
    ('0.3', '−1.5', '–', 'adam')
    """
    if value is None or isinstance(value, str | bool):
        return NOTHING if value is None else _WORDS.get(str(value), str(value))
    value = float(value)
    if not math.isfinite(value):
        return NOTHING if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
    if value == int(value) and abs(value) < 1e9:
        text = f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    else:
        text = f"{value:.{digits}g}"
    return text.replace("-", MINUS)


def decimals(lower: float, upper: float) -> int:
    """Return how many decimals show an interval's half width with one digit, or two after a 1.

    >>> decimals(0.19, 0.23), decimals(0.1, 0.13), decimals(10.0, 90.0), decimals(0.5, 0.5)
    (2, 3, 0, 3)
    """
    half = abs(upper - lower) / 2
    if not math.isfinite(half) or half <= 0:
        return 3
    digits = math.floor(math.log10(half))
    return min(6, max(0, (1 if half / 10**digits < 2 else 0) - digits))


def fixed(value: float, places: int) -> str:
    """Return a number with a given number of decimals and a true minus sign; a dash for NaN.

    >>> fixed(-0.12345, 3), fixed(float("nan"), 3)
    ('−0.123', '–')
    """
    if value is None or not math.isfinite(value):
        return number(value)
    if abs(value) >= 1e5:
        return number(value, 3)
    text = f"{value:.{places}f}"
    return (text[1:] if text.startswith("-") and float(text) == 0 else text).replace("-", MINUS)


def interval(lower: float, upper: float, places: int | None = None) -> str:
    """Return an interval as text, or a dash where there is none.

    >>> interval(0.19, 0.23, 2)
    '0.19 to 0.23'
    """
    if lower is None or upper is None or math.isnan(lower) or math.isnan(upper):
        return NOTHING
    places = decimals(lower, upper) if places is None else places
    return f"{fixed(lower, places)} to {fixed(upper, places)}"


def estimate(value: float, lower: float, upper: float) -> tuple[str, str]:
    """Return a value and its interval with one digit more than ``decimals`` gives.

    >>> estimate(0.070759, 0.0412, 0.0913), estimate(1.25, float("nan"), float("nan"))
    (('0.071', '0.041 to 0.091'), ('1.25', '–'))
    """
    if not (math.isfinite(lower) and math.isfinite(upper)):
        return number(value, 5), NOTHING
    if not 1e-3 <= max(abs(lower), abs(upper)) < 1e5:
        return number(value), f"{number(lower, 3)} to {number(upper, 3)}"
    places = min(decimals(lower, upper) + 1, 6)
    return fixed(value, places), interval(lower, upper, places)


def p_value(value: float) -> str:
    """Return a p-value as a reader wants it: two digits, and no more zeros than can be meant.

    >>> p_value(0.0423), p_value(0.0005), p_value(2e-9), p_value(float("nan"))
    ('p = 0.042', 'p = 0.0005', 'p < 0.0001', 'not tested')
    """
    if not math.isfinite(value):
        return "not tested"
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def count(amount: int, noun: str) -> str:
    """Return an amount with its noun in the right number.

    >>> count(1, "seed"), count(704, "model")
    ('1 seed', '704 models')
    """
    return f"{amount:,} {noun}" + ("" if amount == 1 else "s")
