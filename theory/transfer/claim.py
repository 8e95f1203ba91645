"""The claim on two-stage transfer."""

from theory.study.claim import Claim, Part
from theory.transfer import (
    digits_part,
    feature_part,
    general_part,
    isotropic_part,
    mixing_part,
    network_part,
    speed_part,
)
from theory.transfer.figure import draw

CLAIM = Claim(
    id="M3",
    name="transfer",
    title="Transfer: when pre-training on noise is worse than none",
    statement=(
        "A model that is pre-trained on one task and fine-tuned on another inherits the error of "
        "the first as the distance it starts from the second. That distance is a parabola in the "
        "share of flipped pre-training labels: where the tasks differ enough, slight noise helps "
        "downstream, because it shrinks what points the wrong way; beyond a catastrophic rate "
        "pre-training is worse than none. That rate does not depend on how much data or "
        "regularisation fine-tuning has. Gradient descent inherits by the same law with another "
        "noise gain, and a deep linear network rescales what it does not unlearn."
    ),
    formula=r"$R^2(s) = B_2^2 - 2 s \rho B_1 B_2 + s^2 B_1^2 + f\sigma_1^2 + "
    r"k(1-s^2)B_1^2,\quad s = 1 - 2\eta$",
    source=(
        "Derived here, on deterministic equivalents of ridge regression; related: Dar and Baraniuk "
        "2020 (arXiv 2006.07002), Kumar et al. 2022 (2202.10054), and the observation of Chen et "
        "al. 2023 (2309.17002) that slight label noise in pre-training can help. Two layers: "
        "potential of Azulay et al. 2021 (2102.09769)."
    ),
    limits=(
        "Linear models on Gaussian inputs. With general covariances the formula is off by a "
        "relative 1/df, df the degrees of freedom; the leading order of classification fails "
        "where few labels survive (s sqrt(n) of about 2), the refined one does not. On digits "
        "(last panel) the network is beyond the model: theory is given the measured error at both "
        "ends, and puts the peak of the error near (K - 1)/K, beyond which labels become "
        "informative by being wrong. The panel shows how far it holds; nothing is tested there. "
        "The linear model has no hidden features that are worth something although the labels say "
        "nothing, and so cannot say when pre-training such a network is worse than none."
    ),
    parts=(
        Part("general transfer", general_part.compare, 12.0),
        Part("general tipping noise", general_part.tip, 4.0),
        Part("flipped labels", isotropic_part.compare, 8.0),
        Part("tipping points", isotropic_part.tips, 3.0),
        Part("classification", mixing_part.compare, 5.0),
        Part("probe, forgetting, adapter", feature_part.compare, 8.0),
        Part("single-pass descent", network_part.stream, 5.0),
        Part("two layers", network_part.deep, 8.0),
        Part("digits", digits_part.observe, 25.0),
        Part("speed", speed_part.compare, 4.0),
    ),
    figure=draw,
)
