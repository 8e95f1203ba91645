"""What an audit found: estimates as rows of a table, scores of every example, what to do."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.audit.checks import Array, Codes, Flags
from jaxuim.audit.copies import Duplicates
from jaxuim.audit.distances import Outliers
from jaxuim.audit.frequencies import ClassBalance, TailExponent, Zipf
from jaxuim.audit.grouped import GroupBalance
from jaxuim.audit.leaks import Contamination
from jaxuim.audit.noise import NoiseEstimate
from jaxuim.audit.scoring import LabelScores
from jaxuim.audit.single_features import Shortcuts


class Row(NamedTuple):
    """One estimate: NaN ends where there is no interval; ``alarm`` where it asks for a look."""

    bias: str
    quantity: str
    value: float
    lower: float
    upper: float
    alarm: bool
    method: str


class Issue(NamedTuple):
    """An example to look at: what to do with it and why.

    ``action`` is ``"relabel"``, ``"drop"`` or ``"look"``; ``suggested`` a label, or None;
    ``score`` in [0, 1] is the probability that the label is wrong, 1 for copies, and for
    outliers 1 - cut/score.
    """

    example: int
    action: str
    reason: str
    label: str
    suggested: str | None
    score: float


@dataclass(frozen=True)
class Audit:
    """Every estimate of one data set, n examples of d features in K classes.

    ``labels`` i32[n] index ``classes`` [K] (sorted); ``groups`` i32[n] or None. ``predictor`` says
    whose out-of-sample ``probabilities`` f64[n, K] were used, ``accuracy`` how often they
    agree with the given labels. ``label_issues`` bool[n] are flagged by the estimated noise rate.
    """

    n: int
    d: int
    classes: NDArray[np.generic]
    labels: Codes
    groups: Codes | None
    predictor: str
    accuracy: float
    probabilities: Array
    noise: NoiseEstimate
    scores: LabelScores
    label_issues: Flags
    duplicates: Duplicates
    balance: ClassBalance
    tail: TailExponent
    zipf: Zipf
    group_balance: GroupBalance | None
    contamination: Contamination | None
    shortcuts: Shortcuts
    outliers: Outliers
    confidence: float
    seed: int

    def table(self) -> tuple[Row, ...]:
        """Return the estimates, one row each, alarms marked."""
        from jaxuim.audit.rows import rows

        return rows(self)

    def issues(self) -> tuple[Issue, ...]:
        """Return what to drop, relabel or look at, by example."""
        from jaxuim.audit.rows import issues

        return issues(self)

    @property
    def card(self) -> dict[str, Any]:
        """All numbers but those of single examples, as plain values; not finite is None."""
        from jaxuim.audit.cards import card

        return card(self)

    def to_json(self) -> str:
        """Return the card as strict JSON."""
        return json.dumps(self.card, indent=1, allow_nan=False)


def plain(value: Any) -> Any:
    """Return a value as what JSON knows: lists, numbers, None for what is not finite.

    >>> plain({"a": np.float32(1.0), "b": np.array([1.0, np.nan])})
    {'a': 1.0, 'b': [1.0, None]}
    """
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.decode(errors="replace") if isinstance(value, bytes) else value
