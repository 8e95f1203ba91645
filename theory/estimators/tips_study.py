"""A hinge and a jump located by the library, which is told neither where nor which."""

import numpy as np
from numpy.typing import NDArray

from jaxuim import laws
from theory.study.claim import Outcome
from theory.study.size import Size
from theory.study.tipping import CONFIDENCE, study_tip, summarise

Array = NDArray[np.float64]
LEVELS, HINGE, HINGE_NOISE = np.linspace(0.0, 1.0, 31), 0.55, 0.02
JUMP_LEVELS, JUMP, HEIGHT, JUMP_NOISE = 41, 0.4, 0.5, 0.09
SHIFTS = 10


def hinge(size: Size) -> Outcome:
    """Locate a hinge of slope change 1 over noise of 0.02 on 31 levels.

    Over noise of 0.1 a hinge could hardly be told from a parabola on so few levels.
    """
    rng, shape = size.rng("hinge located"), (size.studies, len(LEVELS))
    clean = 0.2 + np.maximum(LEVELS - HINGE, 0.0)
    y = clean + HINGE_NOISE * rng.standard_normal(shape)
    tip = study_tip("hinge between two lines", "kink", LEVELS, y, HINGE)
    return Outcome(tips=(tip,), curves={"x": LEVELS, "y": y[0], "clean": clean})


def jump(size: Size) -> Outcome:
    """Locate a jump of 5.6 noise sd on 41 levels.

    A sweep's levels know nothing of the jump: they are shifted by tenths of their spacing, as many
    data sets for each shift.
    """
    rng, each, found = size.rng("jump located"), size.studies // SHIFTS, []
    for shift in (np.arange(SHIFTS) + 0.5) / SHIFTS:
        x = (np.arange(JUMP_LEVELS) + shift) / (JUMP_LEVELS - 1)
        y = 0.2 + HEIGHT * (x > JUMP)
        y = y + JUMP_NOISE * rng.standard_normal((each, JUMP_LEVELS))
        points = laws.tipping_points(x, y, confidence=CONFIDENCE)
        found += [(p.location, p.interval, p.kind) for p in points]
    tip = summarise("jump between two flats", "jump", JUMP, JUMP, found)
    return Outcome(tips=(tip,))
