"""The claim on estimators."""

from theory.estimators import (
    bootstrap_study,
    location_study,
    scaling_study,
    suprema_study,
    tips_study,
)
from theory.estimators.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M15",
    name="estimators",
    title="Estimators: what locating a tipping point can achieve",
    statement=(
        "Before an experiment it can be said how precisely it will locate a tipping point. A hinge "
        "is located to within the noise over the change of slope, at the usual rate of one over "
        "the square root of the number of levels, a jump at the rate of one over their number. "
        "Looking everywhere costs significance, by an amount that depends on the kind of break. "
        "Resampled residuals give honest intervals; resampled pairs do not for a jump. Runs on "
        "the compute-optimal frontier alone cannot identify a scaling law: three of its five "
        "constants show."
    ),
    formula=r"$\mathrm{sd}(\hat t_{hinge}) = \frac{2\sigma}{|\delta|\sqrt{t(1-t)n}},\quad "
    r"\frac{\delta^2}{\sigma^2}(\hat k - k) \to \mathrm{argmax}\,\{W(v) - |v|/2\}$",
    source=(
        "Feder 1975, Hansen 2017 (hinges); Yao 1987, Bai 1997 (jumps); Andrews 1993, Davies 1987 "
        "(sup-F); Seijo and Sen 2011 (arXiv 1101.1032, pairs bootstrap); Hoffmann et al. 2022 "
        "(2203.15556). Finite-size terms of the hinge and of sup-F, and what a frontier "
        "identifies: derived here."
    ),
    limits=(
        "A located hinge spreads 40 % more than the limit where that says 4 % of the range, 6 % "
        "more where it says 1 %; with one finite-size term 12 % are missing at the former, "
        "nothing that shows at the latter. The limit law "
        "of a jump is for jumps below the noise that many levels show. A hinge is found among all "
        "shapes only if it can be told from a parabola: on 31 levels always over noise of 2 % of "
        "the change of slope, as here, in 7 of 10 data sets over 5 %, in 1 of 4 over 10 %. "
        "Between widely spaced levels a jump cannot be told from a steep sigmoid, and either name "
        "is given; on 41 levels intervals hold it as often as they say over noise of about a fifth "
        "of the jump, as here, too often over half of it, and in 78 % only over an eighth or less."
    ),
    parts=(
        Part("hinge", location_study.hinges, 6.0),
        Part("rates", location_study.rates, 12.0),
        Part("limit law of a jump", location_study.limit, 4.0),
        Part("sup-F", suprema_study.critical_values, 6.0),
        Part("bootstrap", bootstrap_study.coverages, 8.0),
        Part("finite-size collapse", scaling_study.collapse, 20.0),
        Part("allocation", scaling_study.allocation, 1.0),
        Part("refits", scaling_study.refits, 4.0),
        Part("hinge located", tips_study.hinge, 4.0),
        Part("jump located", tips_study.jump, 4.0),
        Part("speed", bootstrap_study.speed, 5.0),
    ),
    figure=draw,
)
