"""The claim on label noise."""

from theory.label_noise import classifier_study, votes_study
from theory.label_noise.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M1",
    name="label_noise",
    title="Label noise: argmax tips, samples inflate",
    statement=(
        "Noisy labels can be out-voted as long as the true class still leads: with K classes and "
        "symmetric noise up to the rate (K - 1) / K, with flips to one other class up to 1/2. Near "
        "that tipping point the number of labels needed grows as one over the squared margin, and "
        "curves for all numbers of labels fall on one. A linear classifier trained on n samples "
        "with flip rate eta is worth one trained on n (1 - 2 eta)^2 clean samples, which says when "
        "discarding suspicious data pays."
    ),
    formula=r"$\eta^* = (K-1)/K,\quad m \propto \Delta^{-2},\quad "
    r"n_{eff} = n\,(1-2\eta)^2$",
    source=(
        "Noise models: Angluin and Laird 1988, Natarajan et al. 2013, Patrini et al. 2016 (arXiv "
        "1609.03683). Exact vote sums, the common curve and the filter's break-even: derived here."
    ),
    limits=(
        "The normal form of the vote is 10 to 20 % off where errors are rare, the common curve "
        "already at K margin of 0.2; the tables say so. Effective samples need "
        "n (1 - 2 eta)^2 of about 20 or more, where the simple form is a few per cent off: rows "
        "marked as its leading order show by how much. They also need a classifier that averages: "
        "one that interpolates inherits noise differently."
    ),
    parts=(
        Part("majority votes", votes_study.errors, 12.0),
        Part("finite-size collapse", votes_study.collapse, 20.0),
        Part("labels needed", votes_study.labels_needed, 8.0),
        Part("decay rates", votes_study.rates, 1.0),
        Part("mean classifier", classifier_study.trained, 4.0),
        Part("filtering", classifier_study.filtering, 4.0),
        Part("inversion", classifier_study.inversion, 4.0),
        Part("plug-in rule", classifier_study.plug_in, 1.0),
        Part("speed", classifier_study.speed, 4.0),
    ),
    figure=draw,
)
