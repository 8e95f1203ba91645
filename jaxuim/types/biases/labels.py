"""Biases that corrupt labels, declared without JAX."""

from jaxuim.types.declare import Bias, Parameter

BIASES = (
    Bias(
        name="symmetric_label_noise",
        summary="a label is replaced by another class, uniformly over the K - 1 others",
        implementation="jaxuim.biases.label_noise:symmetric",
        source="Angluin and Laird 1988; Natarajan et al. 2013",
        level="probability that a pre-training label is replaced by another class",
        population="noisy posterior = (1 - b K/(K-1)) clean posterior + b/(K-1)",
        corrupts="label",
        tipping="(K - 1)/K: the commonest noisy label is the true class below it, not above",
    ),
    Bias(
        name="pair_flip_label_noise",
        summary="a label is replaced by the next class, the last by the first",
        implementation="jaxuim.biases.label_noise:pair_flip",
        source="Han et al. 2018",
        level="probability that a pre-training label is replaced by the next class",
        population="P(noisy = c + 1 mod K | true = c) = b",
        corrupts="label",
        tipping="1/2: the commonest noisy label is the true class below it, the next above",
    ),
    Bias(
        name="class_conditional_label_noise",
        summary="a label is drawn anew from the row of its class in a transition matrix T",
        implementation="jaxuim.biases.transition:class_conditional",
        parameters=(
            Parameter(
                "matrix",
                "str",
                "T as text, rows of true classes parted by ; and numbers by spaces; or 'nearest': "
                "each class becomes the one its examples are most often taken for",
                default="nearest",
            ),
        ),
        source="Natarajan et al. 2013; Patrini et al. 2017",
        level="probability that a pre-training label is drawn anew",
        population="P(noisy = k | true = c) = (1 - b) [c = k] + b T[c, k]",
        corrupts="label",
        uses=("boundary",),
    ),
    Bias(
        name="instance_dependent_label_noise",
        summary="the nearer an example is to the class boundary, the likelier it gets the other",
        implementation="jaxuim.biases.boundary_noise:instance_dependent",
        source="derived here; Xia et al. 2020; Menon et al. 2018",
        level="mean probability that a pre-training label is replaced by the runner-up class",
        population="P(flip | rank r by distance) = 1 - r^(b/(1-b)), with mean b",
        corrupts="label",
        uses=("boundary",),
    ),
    Bias(
        name="swapped_pairs",
        summary="an example is shown with the label of a random other one",
        implementation="jaxuim.biases.label_noise:swapped_pairs",
        source="derived here; the supervised form of mismatched captions",
        level="probability that an example gets the label of a random one",
        population="P(noisy = k | true = c) = (1 - b) [c = k] + b pi_k",
        corrupts="label",
        tipping="1: the true class stays the likeliest below it where classes are equally frequent",
    ),
    Bias(
        name="label_flip_poisoning",
        summary="a share of one class is shown with the label of another",
        implementation="jaxuim.biases.poisoning:label_flip",
        parameters=(
            Parameter("source_class", "int", "the class whose labels change", default=1, low=0),
            Parameter("target_class", "int", "the label that they get", default=0, low=0),
        ),
        source="Biggio, Nelson and Laskov 2012; Tolpegin et al. 2020",
        level="share of the source class that gets the target's label",
        population="P(label = target | source) = b, all other classes unchanged",
        corrupts="label",
        tipping="1/2: the commonest label of the source class is its own below it, not above",
    ),
)
