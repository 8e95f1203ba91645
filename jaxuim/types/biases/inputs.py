"""Biases that corrupt inputs, declared without JAX."""

from jaxuim.types.declare import Bias, Parameter

_CHOSEN = "jaxuim.biases.degraded:degraded"
_LEVEL = "probability that an example is shown degraded"

BIASES = (
    Bias(
        name="spurious_correlation",
        summary="the shortcut equals the label with probability b, else is independent of it",
        implementation="jaxuim.biases.spurious:shortcut",
        source="in the spirit of Sagawa et al. 2020",
        level="probability that the shortcut is set to the label",
        population="P(shortcut = label) = b + (1 - b)/K",
        corrupts="input",
        needs=("shortcut",),
    ),
    Bias(
        name="two_shortcuts",
        summary="each of two shortcuts equals the label with probability b, one by one",
        implementation="jaxuim.biases.spurious:two_shortcuts",
        source="derived here; Li et al. 2023",
        level="probability that a shortcut is set to the label, of each of the two",
        population="P(both shortcuts = label) = (b + (1 - b)/K)^2",
        corrupts="input",
        needs=("shortcut", "second_shortcut"),
    ),
    Bias(
        name="additive_noise",
        summary="normal noise is added to the inputs of a share of the examples",
        implementation=_CHOSEN,
        parameters=(
            Parameter(
                "deviation",
                "float",
                "standard deviation of the noise, in units of the inputs",
                default=0.5,
                low=0.0,
                high=100.0,
            ),
        ),
        source="Hendrycks and Dietterich 2019",
        level=_LEVEL,
        population="variance of a feature = clean variance + b deviation^2",
        corrupts="input",
        render="jaxuim.biases.degraded:additive_noise",
    ),
    Bias(
        name="missing_features",
        summary="features of a share of the examples are missing at random and shown as 0",
        implementation=_CHOSEN,
        parameters=(
            Parameter(
                "share",
                "float",
                "probability that a feature of a degraded example is missing",
                default=0.5,
                low=0.0,
                high=1.0,
            ),
        ),
        source="Rubin 1976",
        level=_LEVEL,
        population="share of missing values = b share",
        corrupts="input",
        render="jaxuim.biases.degraded:missing_features",
    ),
    Bias(
        name="occlusion",
        summary="a black rectangle at a random place covers part of a share of the images",
        implementation=_CHOSEN,
        parameters=(
            Parameter(
                "side",
                "float",
                "height and width of the rectangle as a share of those of the image",
                default=0.5,
                low=0.0,
                high=1.0,
            ),
        ),
        source="DeVries and Taylor 2017",
        level=_LEVEL,
        population="share of covered pixels = b side^2, with sides in whole pixels",
        corrupts="input",
        needs=("images",),
        render="jaxuim.biases.degraded:occlusion",
    ),
    Bias(
        name="blur",
        summary="a share of the images is blurred by a Gaussian kernel",
        implementation=_CHOSEN,
        parameters=(
            Parameter(
                "deviation",
                "float",
                "standard deviation of the kernel, in pixels",
                default=1.0,
                low=0.01,
                high=100.0,
            ),
        ),
        source="Hendrycks and Dietterich 2019",
        level=_LEVEL,
        population="mean image = (1 - b) m + b R m C', R and C the kernel along rows and columns",
        corrupts="input",
        needs=("images",),
        render="jaxuim.biases.degraded:blur",
    ),
    Bias(
        name="low_resolution",
        summary="each pixel of a share of the images is the mean of its block",
        implementation=_CHOSEN,
        parameters=(
            Parameter("factor", "int", "side of a block, in pixels", default=2, low=2, high=1024),
        ),
        source="derived here",
        level=_LEVEL,
        population="mean image = (1 - b) m + b R m C', R and C the means of blocks",
        corrupts="input",
        needs=("images",),
        render="jaxuim.biases.degraded:low_resolution",
    ),
)
