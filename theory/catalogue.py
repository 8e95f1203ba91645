"""All claims in order, loaded when they are needed."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theory.study.claim import Claim

PLACES = {
    "M1": "theory.label_noise.claim",
    "M2": "theory.ridge.claim",
    "M3": "theory.transfer.claim",
    "M4": "theory.feature_learning.claim",
    "M5": "theory.random_features.claim",
    "M6": "theory.imbalance.claim",
    "M7": "theory.shortcut.claim",
    "M8": "theory.model_collapse.claim",
    "M9": "theory.memorisation.claim",
    "M10": "theory.backdoor.claim",
    "M11": "theory.overtraining.claim",
    "M12": "theory.unlearning.claim",
    "M13": "theory.feedback.claim",
    "M14": "theory.bounds.claim",
    "M15": "theory.estimators.claim",
    "M16": "theory.alignment.claim",
}


def load(identifier: str) -> "Claim":
    """Return a claim by its id.

    Raises:
        ValueError: there is none of that id.
    """
    if identifier not in PLACES:
        known = ", ".join(PLACES)
        raise ValueError(f"claim {identifier!r} is unknown; known are {known}")
    claim: Claim = import_module(PLACES[identifier]).CLAIM
    return claim


def package(identifier: str) -> str:
    """Return the folder of a claim below ``theory``.

    >>> package("M2")
    'ridge'
    """
    return PLACES[identifier].split(".")[1]
