"""The claim on random features: width changes what is inherited, worst where p = n."""

from theory.random_features.descent import run_amplification, run_peak, run_widths
from theory.random_features.figure import draw
from theory.random_features.rows import run_linear, run_rectified
from theory.random_features.speed import run_speed
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M5",
    name="random_features",
    title="Width decides how much label noise is amplified, most where features equal samples",
    statement=(
        "A model of p random features that is fitted to n noisy samples amplifies the noise by a "
        "factor that follows from one equation, symmetric in n and p, for an effective ridge. "
        "Without ridge the factor diverges where p = n: up to there more features hurt, beyond "
        "they help again (double descent). A rectified network with random "
        "first layer behaves as a linear part and white noise."
    ),
    formula=(
        r"$\mathrm{ridge} = \kappa\,(1 - z/n)(1 - z/p),\quad "
        r"\frac{\partial\,\mathrm{excess}}{\partial\sigma^2} = \frac{1}{D} - 1,\quad "
        r"D = 1 - \frac{q\,(p - 2z) + z^2}{n\,(p - q)}$"
    ),
    source=(
        "Mei and Montanari 2019 (arXiv 1908.05355), Simon et al. 2023 (2311.14646), Atanasov et "
        "al. 2024 (2405.00592), Defilippis et al. 2024 (2405.15699); the tail's form and the exact "
        "amplification below the peak: derived here"
    ),
    limits=(
        "The equivalent is a few per cent off at dozens of degrees of freedom. At p = n with a "
        "ridge below 1e-6 single runs have heavy tails. The rectified form needs n and p far below "
        "d^2, since all but the linear modes count as noise that cannot be learnt. "
        "The data sets on which the peak is sought are drawn from one pool of repetitions, whose "
        "size stands in its name: they share runs, so that their coverage is less certain than a "
        "binomial count."
    ),
    parts=(
        Part("linear", run_linear, 8.0),
        Part("rectified", run_rectified, 12.0),
        Part("widths", run_widths, 9.0),
        Part("peak", run_peak, 8.0),
        Part("amplification", run_amplification, 14.0),
        Part("speed", run_speed, 6.0),
    ),
    figure=draw,
)
