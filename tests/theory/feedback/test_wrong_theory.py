"""A wrong place or exponent of the pitchfork is not covered by what populations show."""

import numpy as np

from theory.feedback.tipping_parts import REENTRIES, amplitudes, squares
from theory.study.exponents import study_exponent
from theory.study.tipping import study_tip
from theory.study.verdict import exponent_agrees, tip_agrees

STUDIES = 40


def test_a_pitchfork_three_widths_off_is_not_covered() -> None:
    found = squares(np.random.default_rng(0), STUDIES)
    right = study_tip("true", "kink", REENTRIES, found, 0.5)
    assert tip_agrees(right)
    wrong = study_tip("false", "kink", REENTRIES, found, 0.5 + 3.0 * right.width)
    assert wrong.detected == STUDIES
    assert not tip_agrees(wrong)


def test_an_exponent_of_onset_a_fifth_off_is_not_covered() -> None:
    excess = np.geomspace(0.02, 0.5, 9)
    found, theory = amplitudes(np.random.default_rng(1), STUDIES, excess)
    assert exponent_agrees(study_exponent("true", excess, theory, found))
    assert not exponent_agrees(study_exponent("false", excess, theory**1.2, found))
