"""A wrong number of real samples, or a wrong exponent of harm, is not covered by simulations."""

import numpy as np

from theory.model_collapse import halving_share, pooled_risk
from theory.model_collapse.simulated_chains import refreshed_chains
from theory.model_collapse.simulated_pooling import pooled
from theory.study.exponents import study_exponent
from theory.study.tipping import study_crossing
from theory.study.verdict import exponent_agrees, tip_agrees

STUDIES, SEEDS = 40, 20


def test_a_halving_count_three_widths_off_is_not_covered() -> None:
    counts = np.linspace(0.2, 1.1, 7)
    shape = (STUDIES, SEEDS, len(counts))
    square, variance = refreshed_chains(np.random.default_rng(0), shape, 10, counts / 10, 40, 150)
    place = 10 * float(halving_share(10))
    right = study_crossing("true", counts, variance - square, place)
    assert tip_agrees(right)
    wrong = study_crossing("false", counts, variance - square, place + 3.0 * right.width)
    assert not tip_agrees(wrong)


def test_an_exponent_of_harm_a_fifth_off_is_not_covered() -> None:
    rng, counts = np.random.default_rng(1), np.array([50, 100, 200, 400])
    harm = [pooled(rng, STUDIES * SEEDS, 10, 1000 - int(n), int(n))[:, 0] for n in counts]
    table = np.stack(harm, axis=-1).reshape(STUDIES, SEEDS, len(counts))
    p = counts / 1000
    theory = np.asarray(pooled_risk(10, 1000 - counts, counts, 0.0, 1.0))
    assert exponent_agrees(study_exponent("true", p, theory, table))
    assert not exponent_agrees(study_exponent("false", p, theory**1.2, table))
