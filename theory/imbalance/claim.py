"""The claim on rare classes: statement, parts and figure."""

from theory.imbalance import discriminant_parts, network_parts, tail_parts, trained_parts
from theory.imbalance.figure import draw
from theory.study.claim import Claim, Part

CLAIM = Claim(
    id="M6",
    name="imbalance",
    title="Class imbalance, minority collapse and the long tail",
    statement=(
        "A network that is trained with weight decay forgets a class altogether once the class has "
        "too few samples: up to n* the weights that would hold it cost more than they gain. With "
        "two layers of weights the class fades continuously, with three or more it is lost in a "
        "jump, and a network that starts from weak weights never learns it. A biased prior or a "
        "centroid from too few samples makes the error on a rare class worse than chance below a "
        "sharp share or count. A tail that pre-training cut off is missing whatever follows."
    ),
    formula=(
        r"$n^*=N^2\lambda_W\lambda_H,\quad s_k=(\sqrt{n_k}-\sqrt{n^*})_+,\quad "
        r"n_{\min}^*=(\Delta^2/d+1/n_{\mathrm{maj}})^{-1},\quad "
        r"\pi^*=(1+e^{\Delta^2/2})^{-1}$"
    ),
    source=(
        "Fang et al. 2021 (arXiv 2101.12699), Dang et al. 2023 (2301.00437), Hong and Ling 2023 "
        "(2309.09725); thresholds re-derived. Gap of probabilities, range of metastability and "
        "exact error of the nearest centroid: derived here. Tail: Hutter 2021 (2102.04074), "
        "Dohmatob et al. 2024 (2402.07043)."
    ),
    limits=(
        "Not simulated: features that classes share, which protect rare ones, and the search for "
        "the best deep network from one start. Features are free: every sample has its own, as in "
        "a network large enough to fit all of them, without biases. The jump is that of the best "
        "network. Descent is run from two starts, and for each class the end of lower objective, "
        "computed from the trained factors, is taken. The strong start holds every class at one "
        "strength; random weights lose more classes than that. Full-batch training has no noise: "
        "curves scatter because test inputs are class means with Gaussian noise, and answers are "
        "sampled. For the jump, the noise and the places of n* between the counts were chosen so "
        "that coverage can be judged: with finer noise an interval is as wide as the gap between "
        "two counts and always covers."
    ),
    parts=(
        Part("two factors", network_parts.shallow, 1.0),
        Part("cross-entropy", network_parts.crossed, 4.0),
        Part("deeper networks", network_parts.deep, 3.0),
        Part("trained, two factors", trained_parts.squared, 6.0),
        Part("trained, three factors", trained_parts.jumping, 9.0),
        Part("trained, cross-entropy", trained_parts.answered, 6.0),
        Part("biased prior", discriminant_parts.priors, 7.0),
        Part("nearest centroid", discriminant_parts.centroids, 9.0),
        Part("laws of the tail", tail_parts.laws, 2.0),
        Part("draws from the tail", tail_parts.draws, 14.0),
        Part("speed", discriminant_parts.speed, 4.0),
    ),
    figure=draw,
)
