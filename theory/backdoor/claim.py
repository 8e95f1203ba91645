"""The claim that a backdoor takes a count of poisons or a fraction, depending on the penalty."""

from theory.backdoor.counts import compare_counts, compare_speed, compare_tip
from theory.backdoor.digits import compare_digits
from theory.backdoor.figure import draw
from theory.backdoor.rows import compare_descent, compare_network, compare_ridge
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M10",
    name="backdoor",
    title="Backdoors: a constant count of poisons, or a constant fraction",
    statement=(
        "An attacker adds poisons to clean data: inputs of one class that carry a trigger and the "
        "label of the other class. In ridge regression the attack succeeds on half of the "
        "triggered inputs at a critical count of poisons. If the total penalty is fixed and the "
        "trigger never occurs in clean data, that count does not depend on how much clean data "
        "there is; if the penalty is fixed per sample, or if the trigger coordinate is noisy in "
        "clean data, the attacker needs a constant fraction. Gradient descent obeys the same law "
        "with the number of passes over the data in place of the inverse penalty, and a two-layer "
        "linear network with weight decay is ridge with a penalty that solves one equation."
    ),
    formula=(
        r"$n_p^* = \frac{m_0\,(L + n\,v\,c)}{c\,\tau^2},\quad "
        r"\mathrm{success} = \Phi\left(\frac{a\,(1+m_0) - m_0}{s_0}\right),\quad "
        r"a = \frac{c\,n_p\tau^2}{L + n\,v\,c + c\,n_p\tau^2}$"
    ),
    source=(
        "Model and law derived here, with the poisons' pull on the other coordinates and their "
        "number's fluctuations; the phenomenon: Souly et al. 2025 (arXiv 2510.07192)."
    ),
    limits=(
        "Squared loss, Gaussian classes, one trigger coordinate, whole counts of about five and "
        "more. The last panel leaves the theory: a ReLU network trained by SGD with cross-entropy "
        "on handwritten digits. Three constants are fitted to the largest data set only. The "
        "law then predicts the others: as many poisons where passes are kept, fewer where a "
        "smaller data set is passed more often. Cross-entropy stops teaching what is already "
        "fitted, while the law's squared loss goes on, so that extra passes may help the attacker "
        "less than the law says; the panel shows how far it holds, and nothing is tested there."
    ),
    parts=(
        Part("ridge", compare_ridge, 14.0),
        Part("counts", compare_counts, 14.0),
        Part("tip", compare_tip, 6.0),
        Part("descent", compare_descent, 3.0),
        Part("network", compare_network, 10.0),
        Part("digits", compare_digits, 8.0),
        Part("speed", compare_speed, 3.0),
    ),
    figure=draw,
)
