"""The claim about memorisation: what is predicted and by which parts it is checked."""

from theory.memorisation.copies_study import run_identity, run_tip, run_typical
from theory.memorisation.figure import draw
from theory.memorisation.membership_study import (
    run_exponent,
    run_exposure,
    run_release,
    run_residuals,
    run_speed,
)
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M9",
    name="memorisation",
    title="Copies make a model repeat a point, and let an attacker see it",
    statement=(
        "A ridge regression moves from its own prediction towards a training label by a share that "
        "depends on the number of copies alone: half of it at the samples per degree of freedom, "
        "less one. The same number says how well a member of the training set is told from a "
        "stranger by its small residual. A released mean gives a point away by its copies times "
        "the root of dimension over samples."
    ),
    formula=(
        r"$\mathrm{share}=\frac{m}{m+n/\mathrm{df}_1-1},\quad "
        r"\mathrm{advantage}=2[\Phi(qt)-\Phi(t)],\;q=1+\frac{m\,\mathrm{df}_1}{n-\mathrm{df}_1},"
        r"\;t^2=\frac{2\log q}{q^2-1},\quad d'=m\sqrt{d/n}$"
    ),
    source=(
        "Feldman 2020 (arXiv 1906.05271); Yeom et al. 2018 (1709.01604); Dwork et al. 2015, Azize "
        "and Basu 2024 (2402.10065); exposure: Carlini et al. 2019 (1802.08232); the shares in "
        "high dimension and the attack on ridge regression: derived here"
    ),
    limits=(
        "Linear models with a squared loss: leverages concentrate only with many degrees of "
        "freedom, and a network's features move towards the copies as well. The penalty is that "
        "of the unnormalised loss, which copies do not dilute. The attack on a mean takes the "
        "copies as few beside the samples. The finite-size tip is where the mean share over "
        "points of independently drawn leverages is one half."
    ),
    parts=(
        Part("identity", run_identity, 1.0),
        Part("typical points", run_typical, 14.0),
        Part("tipping point", run_tip, 14.0),
        Part("residual attack", run_residuals, 12.0),
        Part("released mean", run_release, 3.0),
        Part("exposure", run_exposure, 2.0),
        Part("exponent", run_exponent, 10.0),
        Part("speed", run_speed, 3.0),
    ),
    figure=draw,
)
