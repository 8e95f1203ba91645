"""The claim about feature learning: what is predicted and by which parts it is checked."""

from theory.feature_learning.figure import draw
from theory.feature_learning.overlap_study import (
    run_components,
    run_overlaps,
    run_rounding,
    run_speed,
)
from theory.feature_learning.pipeline_study import run_exponent, run_large, run_pipeline, run_tip
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M4",
    name="feature_learning",
    title="Pre-training noise beyond which a shared feature is not learnt at all",
    statement=(
        "Many pre-training tasks share one direction, and each is fitted from its own noisy "
        "samples. The top singular vector of all fitted weights finds the direction as long as the "
        "label noise is below a critical value; its overlap falls to zero there and stays zero, "
        "although every task still holds some signal. A downstream probe on that feature inherits "
        "the transition as a kink in its risk."
    ),
    formula=(
        r"$\sigma_1^{2*}=\theta^2\,(n_1-d-1)/\sqrt{d\,m},\quad "
        r"\langle u,\hat u\rangle^2=1-\frac{c\,(1+t^2)}{t^2(t^2+c)},\;"
        r"c=\frac{d}{m},\;t^2=\sqrt{c}\,\sigma_1^{2*}/\sigma_1^2$"
    ),
    source=(
        "Baik, Ben Arous and Peche 2005; Benaych-Georges and Nadakuditi 2011 (arXiv 1103.2221); as "
        "a model of pre-training, the probe's risk and the residual overlap: derived here"
    ),
    limits=(
        "Many dimensions and tasks: within a relative distance of about d^(-1/3) of the critical "
        "noise the transition is rounded. The finite-size tipping point is not from a formula: it "
        "is the hinge closest to the mean curve of a pilot simulation at the same size, drawn "
        "apart from the data sets; a row counts how many intervals hold the formula's critical "
        "noise. The overlap left beyond the threshold is a leading order that holds only far from "
        "it: nearer rows are declared to fail. Inputs are isotropic and the feature is linear; a "
        "network that is trained stops short of the singular vector."
    ),
    parts=(
        Part("overlaps", run_overlaps, 4.0),
        Part("rounding", run_rounding, 8.0),
        Part("principal components", run_components, 3.0),
        Part("pipeline", run_pipeline, 10.0),
        Part("large pipeline", run_large, 6.0),
        Part("tipping point", run_tip, 14.0),
        Part("exponent", run_exponent, 8.0),
        Part("speed", run_speed, 4.0),
    ),
    figure=draw,
)
