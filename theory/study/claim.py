"""What a claim declares, and what its parts find: rows, tipping points, exponents, times."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from theory.study.size import Size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
TipKind = Literal["kink", "jump", "sigmoid", "crossing", "collapse"]


@dataclass(frozen=True)
class Row:
    """One number that theory predicts and a computation apart from it finds.

    ``error`` is the Monte-Carlo standard error of ``simulated``, None for a deterministic
    computation. The two agree iff |simulated - predicted| is at most
    z ``error`` + ``allowance`` |predicted| + ``floor``, where z is the family-wise bound of
    ``theory.study.verdict``. ``allowance`` (relative) and ``floor`` (absolute) are declared before
    the result is seen: the size of what the formula leaves out, or of the rounding of a
    deterministic computation; ``reason`` says which. ``holds=False`` declares an approximation
    that is known to fail here: such a row must disagree.
    """

    name: str
    predicted: float
    simulated: float
    error: float | None = None
    allowance: float = 0.0
    floor: float = 0.0
    reason: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Tip:
    """How often an estimator that was not told where found a tipping point.

    ``predicted`` is the location at this finite size, ``asymptotic`` that of the infinite model;
    ``origin`` says where the former comes from if not from a formula.
    ``located`` and ``interval`` belong to the first repetition. ``covered`` counts repetitions
    whose interval holds ``predicted``; one that detects nothing does not. ``detected`` counts
    detections, ``kinds`` what they were said to be, ``width`` is the median length of intervals.
    """

    name: str
    kind: TipKind
    predicted: float
    asymptotic: float | None
    located: float | None
    interval: tuple[float, float] | None
    covered: int
    detected: int
    repetitions: int
    width: float
    confidence: float = 0.9
    kinds: Mapping[str, int] = field(default_factory=dict)
    origin: str = "theory"


@dataclass(frozen=True)
class Exponent:
    """A fitted exponent against the effective exponent of the theory's curve on the same grid.

    ``effective`` is what the same fit gives on the noiseless theory, ``asymptotic`` the exponent of
    the limit. ``fitted`` and ``interval`` belong to the first repetition; ``covered`` counts
    repetitions whose interval holds ``effective``.
    """

    name: str
    effective: float
    asymptotic: float | None
    fitted: float
    interval: tuple[float, float]
    covered: int
    repetitions: int
    confidence: float = 0.9


@dataclass(frozen=True)
class Speed:
    """Seconds for one repetition: vectorised, shortcuts included, and as a plain NumPy loop."""

    name: str
    vectorised: float
    loop: float


@dataclass(frozen=True)
class Outcome:
    """What a part found; ``curves`` are the arrays that the figure draws, by name."""

    rows: tuple[Row, ...] = ()
    tips: tuple[Tip, ...] = ()
    exponents: tuple[Exponent, ...] = ()
    speeds: tuple[Speed, ...] = ()
    curves: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A piece of a claim that is computed and stored by itself.

    ``run`` is called with 64-bit numbers enabled; ``seconds`` is about what it takes on one core at
    standard size, for the progress bar and for starting long parts first.
    """

    name: str
    run: Callable[[Size], Outcome]
    seconds: float = 5.0


@dataclass(frozen=True)
class Claim:
    """A solvable model of inheritance and how it is held against simulation.

    ``statement`` says in a few sentences what is predicted, ``formula`` gives the main result in
    matplotlib's mathtext, ``source`` where it comes from (or "derived here"), ``limits`` where the
    theory stops holding. ``figure`` draws from what the parts stored, by part name.
    """

    id: str
    name: str
    title: str
    statement: str
    formula: str
    source: str
    limits: str
    parts: tuple[Part, ...]
    figure: Callable[[Mapping[str, Outcome]], "Figure"]
