"""The model kinds and adaptations that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Adaptation, Model, Parameter

_WIDTH = Parameter(
    "width", "int", "units in each hidden layer (channels for a CNN)", low=1, high=65536, axis=True
)
_DEPTH = Parameter("depth", "int", "number of hidden layers", default=2, low=1, high=64, axis=True)
_PARAMETRISATION = Parameter(
    "parametrisation",
    "str",
    "how initial weights and Adam's rates depend on width; mup carries learning rates over widths",
    default="standard",
    choices=("standard", "mup"),
    axis=True,
)
_HEADS = Parameter(
    "heads", "int", "attention heads, a divisor of the width", default=4, low=1, high=256, axis=True
)

MODELS = {
    model.name: model
    for model in (
        Model(
            name="mlp",
            summary="fully connected ReLU network; features() is the last hidden layer",
            implementation="jaxuim.models.mlp:MLP",
            parameters=(_WIDTH, _DEPTH, _PARAMETRISATION),
        ),
        Model(
            name="cnn",
            summary="small ReLU convolutional network; features() is the pooled last layer",
            implementation="jaxuim.models.cnn:CNN",
            parameters=(_WIDTH, _DEPTH, _PARAMETRISATION),
            needs=("images",),
        ),
        Model(
            name="linear",
            summary="deep linear network without biases; features() is the last hidden layer",
            implementation="jaxuim.models.linear:Linear",
            parameters=(_WIDTH, _DEPTH),
            source="Saxe et al. 2014 (arXiv 1312.6120)",
        ),
        Model(
            name="vit",
            summary="small vision transformer; features() is the mean of its last layer",
            implementation="jaxuim.models.vit:ViT",
            parameters=(
                _WIDTH,
                _DEPTH,
                _HEADS,
                Parameter(
                    "patch",
                    "int",
                    "side of a patch in pixels",
                    default=2,
                    low=1,
                    high=64,
                    axis=True,
                ),
                _PARAMETRISATION,
            ),
            needs=("images",),
            source="Dosovitskiy et al. 2021 (arXiv 2010.11929)",
        ),
        Model(
            name="dual_encoder",
            summary="a tower for inputs, whose last layer features() is, and one for captions",
            implementation="jaxuim.models.dual_encoder:DualEncoder",
            parameters=(_WIDTH, _DEPTH, _PARAMETRISATION),
            objectives=("image_text",),
            source="Radford et al. 2021 (arXiv 2103.00020)",
        ),
        Model(
            name="transformer",
            summary="causal pre-norm transformer; features() is the mean of its last layer",
            implementation="jaxuim.models.transformer:Transformer",
            parameters=(_WIDTH, _DEPTH, _HEADS, _PARAMETRISATION),
            needs=("tokens",),
            objectives=("next_token",),
            source="Vaswani et al. 2017 (arXiv 1706.03762); Radford et al. 2019",
        ),
    )
}

ADAPTATIONS = {
    adaptation.name: adaptation
    for adaptation in (
        Adaptation(
            name="linear_probe",
            summary="multinomial logistic regression on frozen features, to convergence",
            implementation="jaxuim.adapt.linear_probe:adapt",
            parameters=(
                Parameter(
                    "l2",
                    "float",
                    "penalty (l2/2)|W|^2 on the weights, in units of the mean loss",
                    default=1e-2,
                    low=1e-8,
                    high=1e4,
                ),
            ),
        ),
        Adaptation(
            name="finetune",
            summary="all weights and a new head are trained on the task with Adam",
            implementation="jaxuim.adapt.finetune:adapt",
            parameters=(
                Parameter("steps", "int", "gradient steps", default=100, low=1, high=10_000_000),
                Parameter(
                    "batch_size", "int", "examples a step", default=32, low=1, high=1_000_000
                ),
                Parameter(
                    "learning_rate", "float", "Adam's step size", default=1e-3, low=1e-9, high=1e3
                ),
            ),
        ),
    )
}
