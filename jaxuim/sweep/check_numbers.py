"""Refuse classes and groups that a bias names and the world does not have."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jaxuim.sweep.errors import SpecError
from jaxuim.types.biases.matrix import NEAREST, parse_matrix

Settings = dict[str, Any]


class Counts(NamedTuple):
    """How many pre-training classes and subgroups a world has; None where it is not known."""

    classes: int | None = None
    groups: int | None = None


# From a world's settings; the data of the worlds that are not here tell only when they are read.
_COUNTS: dict[str, Callable[[Settings], Counts]] = {
    "digits": lambda _: Counts(7, 2),
    "gaussian_mixture": lambda world: Counts(
        world["superclasses"] * (world["subclasses"] - 1), world["superclasses"]
    ),
    "language": lambda world: Counts(world["topics"], 4),
}


def declared_counts(name: str, world: Settings) -> Counts:
    """Return what a world's name and settings tell of its classes and subgroups.

    >>> declared_counts("gaussian_mixture", {"superclasses": 4, "subclasses": 3})
    Counts(classes=8, groups=4)
    """
    return _COUNTS[name](world) if name in _COUNTS else Counts()


def check_numbers(world: str, counts: Counts, biases: Sequence[Settings]) -> None:
    """Refuse the first setting of a bias that the world's classes or groups do not allow.

    Args:
        world: its name, for the message.
        counts: those of the world.
        biases: settings of each bias, in the order of the sweep file.

    Raises:
        SpecError: with the key, ``bias.group`` or the like, and what is allowed.

    >>> check_numbers("digits", Counts(7, 2), [{"group": 2}])
    Traceback (most recent call last):
    jaxuim.sweep.errors.SpecError: key 'bias.group' = 2: must be at most 1: digits has 2 groups
    """
    for section, bias in zip(("bias", "bias2"), biases, strict=False):
        _check_matrix(f"{section}.matrix", counts.classes, bias.get("matrix", NEAREST))
        for kind, count, names in (
            ("classes", counts.classes, ("source_class", "target_class")),
            ("groups", counts.groups, ("group",)),
        ):
            for name in names:
                if count is not None and bias.get(name, 0) >= count:
                    problem = f"must be at most {count - 1}: {world} has {count} {kind}"
                    raise SpecError(problem, key=f"{section}.{name}", value=bias[name])
        if "source_class" in bias and bias["source_class"] == bias["target_class"]:
            problem = "must differ from target_class"
            raise SpecError(problem, key=f"{section}.source_class", value=bias["source_class"])


def _check_matrix(key: str, classes: int | None, text: str) -> None:
    """Refuse what is no transition matrix, of any size where classes are not known."""
    if text == NEAREST:
        return
    try:
        parse_matrix(text, text.count(";") + 1 if classes is None else classes)
    except ValueError as error:
        raise SpecError(str(error).partition(f"{text!r} ")[2], key=key, value=text) from None
