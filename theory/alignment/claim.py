"""The claim on alignment, prompting, wash-out and privacy."""

from theory.alignment import prompt_study, washout_study
from theory.alignment.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M16",
    name="alignment",
    title="Alignment, prompting, wash-out: how far pre-training bias survives",
    statement=(
        "Alignment by reward under a KL penalty adds to the log-odds of pre-training, so a bad "
        "option that pre-training prefers by more than sigmoid(D / beta) stays on top. A component "
        "of share alpha is recalled by prompts whose length grows only with log(1 / alpha). "
        "Pre-training that counts as n0 observations leaves a bias b0 / (1 + n / n0) after n "
        "downstream observations, and the right class comes out on top at n0 times the ratio of "
        "the two gaps. Privacy of the data costs most in small samples."
    ),
    formula=r"$p_0^* = (1+e^{-D/\beta})^{-1},\quad L^* = \log((1-\alpha)/\alpha)/KL,\quad "
    r"b = b_0/(1+n/n_0)$",
    source=(
        "KL-regularised control: standard; prompts: Wolf et al. 2023 (arXiv 2304.11082), Wald "
        "1947, Siegmund 1985; privacy: Dong, Roth and Su 2019 (1905.02383). Tipping points: "
        "derived here."
    ),
    limits=(
        "Alignment to the optimum of the objective, prompts of independent tokens, conjugate "
        "priors, clipping that never acts. Trained networks reach none of these exactly; the "
        "logarithm in alpha and the two gaps are what should carry over."
    ),
    parts=(
        Part("alignment", prompt_study.alignment, 2.0),
        Part("prompt lengths", prompt_study.lengths, 10.0),
        Part("flips", prompt_study.flips, 4.0),
        Part("logarithm", prompt_study.logarithm, 8.0),
        Part("wash-out", washout_study.bias, 10.0),
        Part("argmax", washout_study.argmax, 4.0),
        Part("privacy", washout_study.private, 1.0),
        Part("speed", prompt_study.speed, 1.0),
    ),
    figure=draw,
)
