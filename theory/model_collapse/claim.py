"""The claim that replaced data collapse, accumulated data do not, and biased data tip."""

from theory.model_collapse import chain_parts, generation_parts, pooling_parts, tipping_parts
from theory.model_collapse.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M8",
    name="model_collapse",
    title="Model collapse: replace, accumulate, pool",
    statement=(
        "A model that is fitted to labels of its predecessor inherits all errors of its ancestors: "
        "the squared error grows in proportion to the number of generations if labels are "
        "replaced, and stays below pi^2/6 times that of one generation if they are accumulated. "
        "Pooling clean samples with biased (for example synthetic) ones leaves an error that no "
        "number of samples removes; it pays only while the squared bias is below a tipping point. "
        "A Gaussian that is fitted to its own samples loses its variance, unless about one half of "
        "a real sample enters each generation, whatever the number of samples."
    ),
    formula=(
        r"$c^{2\ast}=\frac{\sigma^2 d/(n_1-d-1)-\sigma^2\varphi}{p^2+p(1-p)\psi}"
        r"\approx\sigma^2 d\,(1/n_1+1/n_2),\quad \varphi=\frac{d}{n-d-1},\quad p=\frac{n_2}{n}$"
    ),
    source=(
        "Shumailov et al. 2023 (arXiv 2305.17493), Gerstgrasser et al. 2024 (2404.01413), Dohmatob "
        "et al. 2024 (2402.07712, 2410.04840); accumulation with fresh inputs, weighted samples, "
        "finite-size tipping point and chains with real samples are derived here"
    ),
    limits=(
        "Least-squares results are exact for Gaussian inputs of unit covariance and more than "
        "d + 1 samples. Ridge regression and weighted samples use equivalents that leave out terms "
        "of order one over the degrees of freedom. All models are linear, and every generation has "
        "the same size and noise. The mean variance of the chain is carried by one chain in "
        "hundreds: the typical chain follows the mean logarithm."
    ),
    parts=(
        Part("generations", generation_parts.policies, 4.0),
        Part("ridge generations", generation_parts.ridge_policies, 9.0),
        Part("growth", generation_parts.exponent, 3.0),
        Part("pooling", pooling_parts.pools, 5.0),
        Part("weights", pooling_parts.weights, 4.0),
        Part("mixtures", pooling_parts.mixtures, 9.0),
        Part("partly own labels", pooling_parts.partly_own, 5.0),
        Part("chains", chain_parts.dying, 3.0),
        Part("chains with real samples", chain_parts.refreshed, 1.0),
        Part("half the variance", chain_parts.halving, 7.0),
        Part("tipping", tipping_parts.tipping, 5.0),
        Part("harm", tipping_parts.harm, 4.0),
        Part("speed", tipping_parts.speed, 5.0),
    ),
    figure=draw,
)
