"""The claim about bounds: what is predicted and by which parts it is checked."""

from theory.bounds.benign_study import run_ratios, run_speed, run_variance
from theory.bounds.figure import draw
from theory.bounds.information_study import (
    run_labels,
    run_location,
    run_pac_bayes,
    run_selection,
)
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M14",
    name="bounds",
    title="Bounds that can be evaluated: how tight, and where they fail",
    statement=(
        "A model that fits label noise exactly inherits little of it if the inputs have many weak "
        "directions: two effective ranks say how much, up to a constant that is not always one. "
        "A training set can mislead only as far as the model has memorised it: the gap between "
        "test and training error is bounded by the information in nats, which is nearly reached "
        "when the best of many useless models is picked. PAC-Bayes bounds of randomised "
        "classifiers hold with room to spare."
    ),
    formula=(
        r"$V\lesssim\frac{k^*}{n}+\frac{n}{R_{k^*}},\quad "
        r"|E\,\mathrm{gap}|\leq\sqrt{2\sigma^2 I(W;S)/n},\quad "
        r"\mathrm{kl}(\hat e\,\Vert\,e)\leq\frac{KL+\log(2\sqrt{n}/\delta)}{n}$"
    ),
    source=(
        "Bartlett et al. 2020 (arXiv 1906.11300), Tsigler and Bartlett 2023 (2009.14286); Xu and "
        "Raginsky 2017 (1705.07809), Bu et al. 2020 (1901.04609); Seeger 2002, Maurer 2004 "
        "(cs/0411099); informations of Gaussian releases: derived here"
    ),
    limits=(
        "The benign-overfitting theorem has universal constants: with constant 1 it fails for many "
        "strong directions, which the table shows on purpose. The information bound needs a "
        "sub-Gaussian loss, which squared error is not. Bounds are inequalities: nothing is "
        "expected to reach them."
    ),
    parts=(
        Part("benign overfitting", run_ratios, 8.0),
        Part("variance", run_variance, 12.0),
        Part("selection", run_selection, 5.0),
        Part("location", run_location, 3.0),
        Part("memorised labels", run_labels, 3.0),
        Part("pac-bayes", run_pac_bayes, 6.0),
        Part("speed", run_speed, 3.0),
    ),
    figure=draw,
)
