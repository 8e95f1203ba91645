"""The claim that feedback tips at a re-entry share of one over the sharpening."""

from theory.feedback import (
    diagram_parts,
    linear_parts,
    map_parts,
    population_parts,
    tipping_parts,
)
from theory.feedback.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M13",
    name="feedback",
    title="Feedback loops: bifurcation, hysteresis, early warning",
    statement=(
        "A model's output re-enters the data of its successor with a share s, after being "
        "sharpened with an exponent b. Below s = 1/b every imbalance dies out; above it an even "
        "split is unstable, and one of two options takes over with an amplitude that grows as the "
        "square root of the distance (a pitchfork). Uneven real data then flip the loop at a fold, "
        "with hysteresis. On the way to the pitchfork chance deviations spread and last longer, "
        "so that variance and memory between seeds warn early. In linear loops a deviation is "
        "multiplied by s (1 + k) in each round and grows once that exceeds one."
    ),
    formula=(
        r"$m'=h+s\,\tanh(b\,\mathrm{artanh}\,m),\quad s^\ast=1/b,\quad "
        r"m^2\approx\frac{3(sb-1)}{sb(b^2-1)},\quad \mathrm{Var}\,p=\frac{1}{4N(1-(sb)^2)}$"
    ),
    source=(
        "Perdomo et al. 2020 (arXiv 2002.06673) for performative means, Bertrand et al. 2023 "
        "(2310.00429) for the setting of retraining; the amplification map, its folds and the "
        "noise of finite populations are derived here (a mean-field Ising map)"
    ),
    limits=(
        "Two options and a fixed sharpening; models are perfect learners of their data. The onset "
        "formula is the leading order in s b - 1. The variance is linear theory: with few agents "
        "close to the pitchfork it is too large (7 % at 2000 agents and s b = 0.9), which the "
        "cubic form corrects. Closer still, where N (1 - s b)^2 is of order one, both fail. "
        "Pitchfork, onset and fold are tried on a million agents, where chance moves them by "
        "little; a data set of the fold has its levels moved by a random part of the gap between "
        "two. In linear retraining the simulation is given the factor 1 + k, so that it tests "
        "the stationary state and the estimator, not the linearisation."
    ),
    parts=(
        Part("linear feedback", linear_parts.linear, 2.0),
        Part("instability", linear_parts.instability, 1.0),
        Part("branches", map_parts.branches, 4.0),
        Part("folds", map_parts.folds, 2.0),
        Part("diagrams", diagram_parts.diagrams, 2.0),
        Part("populations", population_parts.spread, 3.0),
        Part("early warning", population_parts.warning, 15.0),
        Part("pitchfork", tipping_parts.pitchfork, 10.0),
        Part("onset", tipping_parts.onset, 6.0),
        Part("jump", tipping_parts.jump, 4.0),
        Part("speed", population_parts.speed, 3.0),
    ),
    figure=draw,
)
