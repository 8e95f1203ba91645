"""The claim on unlearning."""

from theory.study.claim import Claim, Part
from theory.unlearning import identities, parts
from theory.unlearning.figure import draw

CLAIM = Claim(
    id="M12",
    name="unlearning",
    title="Unlearning in ridge regression: exact, approximate, and too much",
    statement=(
        "A point can be removed from a ridge fit exactly, without fitting again. Shortcuts leave a "
        "known share behind: an influence-function step leaves the point's leverage h, j "
        "iterations leave h^j. Gradient ascent on the point forgets exactly as much as retraining "
        "at one step count T*, more and more after it, and always moves in a wrong direction by a "
        "known angle. Deleting points at random costs little until the samples left come close "
        "to the dimension, where the risk diverges."
    ),
    formula=r"$w_{-S}=w-A^{-1}X_S^\top(I-H)^{-1}e_S,\quad T^*=-\log(1-h)\,/\,\log(1+a|x|^2)$",
    source=(
        "Sherman-Morrison-Woodbury; Guo et al. 2019 (arXiv 1911.03030), Sekhari et al. 2021 "
        "(2103.03279). Ascent, its direction and remaining shares: derived here"
    ),
    limits=(
        "Linear models with a squared loss. The alignment is a ratio of means and 5 % off where a "
        "few directions carry most of the variance (eigenvalues i^-1, one row shows it). The "
        "capacity supposes that deletions do not depend on the labels."
    ),
    parts=(
        Part("identities", identities.identities, 2.0),
        Part("alignment", parts.alignment, 20.0),
        Part("ascent", parts.ascent, 8.0),
        Part("deletion", parts.deletion, 10.0),
        Part("speed", parts.speed, 3.0),
    ),
    figure=draw,
)
