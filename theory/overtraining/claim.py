"""The claim on overtraining: statement, parts and figure."""

from theory.overtraining import learning_parts, noise_parts
from theory.overtraining.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M11",
    name="overtraining",
    title="Catastrophic overtraining in a two-layer linear network",
    statement=(
        "Longer pre-training lowers the pre-training loss without limit, but what is learned more "
        "strongly is also hurt more by any later change of the weights. Under weight noise every "
        "mode should stop at a strength of c below its target, where c grows with the square of "
        "the noise; weak modes should not be learned at all. There is one best pre-training time, "
        "and the penalty for going on to convergence grows with the fourth power of the noise."
    ),
    formula=(
        r"$c=\gamma^2(d_{in}+d_{out})/2,\quad s_i(T_i)=s_i^*-c,\quad "
        r"t_i=\frac{1}{2s_i^*}\log[(s_i^*/s_0-1)(s_i^*-c)/c],\quad "
        r"\gamma^{*2}=2s_i^*/(d_{in}+d_{out})$"
    ),
    source=(
        "Springer et al. 2025 (arXiv 2503.19206) for the setting, Saxe et al. 2014 (1312.6120) for "
        "the learning curves; thresholds, times and penalty derived here."
    ),
    limits=(
        "Two linear layers, balanced small initial weights aligned with the target, gradient flow. "
        "From random small weights alignment takes an additional time of about log(1/s0)/(2s); "
        "unbalanced weights have no closed form. What happens after pre-training is modelled as "
        "Gaussian noise on all weights, or as fine-tuning over a short time."
    ),
    parts=(
        Part("learning", learning_parts.learning, 1.0),
        Part("best times", learning_parts.best_times, 6.0),
        Part("weight noise", noise_parts.losses, 3.0),
        Part("tipping points", noise_parts.tipping, 12.0),
        Part("speed", noise_parts.speed, 2.0),
    ),
    figure=draw,
)
