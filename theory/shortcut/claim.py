"""The claim on spurious correlation."""

from theory.shortcut import study
from theory.shortcut.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M7",
    name="shortcut",
    title="Spurious correlation: the shortcut wins, and what undoes it",
    statement=(
        "Least squares on a core feature and on a shortcut that agrees with the label in the "
        "training data errs more than half of the time on inputs whose shortcut disagrees, once "
        "the correlation r exceeds a tipping point r*. r* lies below 1 exactly if the shortcut is "
        "the stronger feature. How much clean data, weight on the minority, or freedom in "
        "fine-tuning brings the worst group back to chance follows in closed form. Interpolation "
        "with many noise features acts as ridge regression and moves r* through the strengths."
    ),
    formula=r"$S_c\,(1 + S_s(1 - r^{*2})) = r^* S_s,\quad S = \mu^2/(\sigma^2+\lambda),\quad "
    r"f^* = (r - r^*)/(r - r_{clean})$",
    source=(
        "Model in the spirit of Sagawa et al. 2020 (arXiv 2005.04345) and Nagarajan et al. 2020; "
        "closed forms derived here."
    ),
    limits=(
        "Squared loss on Gaussian features, in the limit of many samples; corrections are of order "
        "1 / n. Logistic and largest-margin solutions have no such closed form, and features that "
        "are learned rather than given can shift r*."
    ),
    parts=(
        Part("group errors", study.group_errors, 2.0),
        Part("correlation", study.correlation, 10.0),
        Part("remedies", study.remedies, 4.0),
        Part("fine-tuning", study.fine_tuning, 3.0),
        Part("interpolation", study.interpolation, 4.0),
        Part("speed", study.speed, 2.0),
    ),
    figure=draw,
)
