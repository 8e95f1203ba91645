"""The claim on ridge regression: what share of label noise is inherited, and by which power."""

from theory.ridge.figure import draw
from theory.ridge.risks import run_isotropic, run_risks
from theory.ridge.samples import run_samples
from theory.ridge.scaling import run_scaling
from theory.ridge.speed import run_speed
from theory.ridge.tuned import run_counts, run_noise
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M2",
    name="ridge",
    title="Ridge regression inherits a computable share of label noise",
    statement=(
        "A linear model that is pre-trained by ridge regression on noisy labels inherits the share "
        "gamma / (1 - gamma) of the noise variance, where gamma follows from one equation for an "
        "effective ridge. On power-law spectra and with the best ridge the inherited error grows "
        "as (noise / n) to the power nu / (nu + 1), so that twice the noise costs less than twice "
        "the error. Without ridge, more samples first help and then stop helping: beyond a "
        "crossover n_x, proportional to noise^(-1/nu), a constant fraction (a - 1) of the noise "
        "stays however many samples are added."
    ),
    formula=(
        r"$\mathrm{excess} = \frac{E_0 + \gamma\sigma^2}{1 - \gamma},\quad "
        r"\gamma = \frac{1}{n}\sum_i \left(\frac{\lambda_i}{\lambda_i + \kappa}\right)^2,\quad "
        r"\mathrm{ridge} = \kappa\,(1 - \mathrm{df}_1(\kappa) / n)$"
    ),
    source=(
        "Dobriban and Wager 2018 (arXiv 1507.03003), Hastie et al. 2019 (1903.08560), Simon et al. "
        "2021 (2110.03922); exponents: Caponnetto and De Vito 2007, Cui et al. 2021 (2105.15004); "
        "floor: Mallinar et al. 2022 (2207.06569); crossover: derived here"
    ),
    limits=(
        "The equivalent is exact for many degrees of freedom and 2 to 3 % off at fifty. Near n = d "
        "without ridge the risk has heavy tails. A spectrum that ends at d modes bends every power "
        "law once n approaches d / 5, which is why effective exponents are compared, not "
        "asymptotic ones. At the best ridge the data sets on which a fitted exponent is tried are "
        "drawn from one pool of repetitions of each level, whose size stands in the exponent's "
        "name: they share numbers, so that their coverage is less certain than a binomial count."
    ),
    parts=(
        Part("risks", run_risks, 12.0),
        Part("isotropic", run_isotropic, 6.0),
        Part("scaling", run_scaling, 5.0),
        Part("samples", run_samples, 30.0),
        Part("noise", run_noise, 12.0),
        Part("counts", run_counts, 8.0),
        Part("speed", run_speed, 6.0),
    ),
    figure=draw,
)
