"""The pre-training objectives that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Objective, Parameter

TIME_FEATURES = 6  # numbers that tell a diffusion network the time
_CONDITION_NOISE = Parameter(
    "condition_noise",
    "float",
    "length of noise in conditions, in units of the condition's",
    default=0.0,
    low=0.0,
    high=100.0,
    axis=True,
)

OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective(
            name="supervised",
            summary="cross-entropy of the labels, in nats",
            implementation="jaxuim.train.objectives.supervised:cross_entropy",
            floor="conditional entropy of the label given the input",
        ),
        Objective(
            name="squared_error",
            summary="half the squared distance of the logits from the one-hot labels",
            implementation="jaxuim.train.objectives.supervised:squared_error",
            unit="",
            floor="half the sum over classes of p (1 - p), p the posterior",
        ),
        Objective(
            name="class_subset",
            summary="cross-entropy of the label among itself and a random share of the others",
            implementation="jaxuim.train.objectives.class_subset:class_subset",
            parameters=(
                Parameter(
                    "keep", "float", "share of others", default=0.5, low=1e-6, high=1.0, axis=True
                ),
            ),
            floor="at most that of cross-entropy: fewer classes compete",
            source="Wen et al. 2024, arXiv 2405.21070",
        ),
        Objective(
            name="next_token",
            summary="negative log-likelihood of each token given those before it, nats per token",
            implementation="jaxuim.train.objectives.next_token:next_token",
            source="Radford et al. 2019",
            floor="entropy rate of the sequences",
            needs=("tokens",),
            refuses=(),
            uses_labels=False,
            classifies=False,
        ),
        Objective(
            name="contrastive",
            summary="NT-Xent between two random views of each input, in nats",
            implementation="jaxuim.train.objectives.contrastive:contrastive",
            parameters=(
                Parameter(
                    "temperature", "float", "divides cosines", default=0.5, low=1e-3, high=100.0
                ),
                Parameter(
                    "projection", "int", "outputs of the head", default=32, low=2, high=65536
                ),
                Parameter(
                    "mask", "float", "share of features set to 0", default=0.2, low=0.0, high=0.95
                ),
                Parameter(
                    "noise", "float", "deviation of added noise", default=0.2, low=0.0, high=100.0
                ),
                Parameter("shift", "int", "pixels by which images move", default=1, low=0, high=64),
            ),
            floor="log(1 + (2B - 2) exp(-(1 + 1/(B - 1))/temperature)), B the batch size",
            uses_labels=False,
            classifies=False,
            source="Chen et al. 2020 (arXiv 2002.05709)",
        ),
        Objective(
            name="image_text",
            summary="InfoNCE between inputs and captions of their labels, in nats",
            implementation="jaxuim.train.objectives.image_text:image_text",
            parameters=(
                Parameter(
                    "embedding", "int", "size of the shared space", default=32, low=2, high=65536
                ),
            ),
            floor="mean over the batch of log n, n the examples of the batch with the same label",
            models=("dual_encoder",),
            source="Radford et al. 2021 (arXiv 2103.00020)",
        ),
        Objective(
            name="masked_reconstruction",
            summary="mean squared error of the features that were masked",
            implementation="jaxuim.train.objectives.reconstruction:masked",
            parameters=(
                Parameter(
                    "ratio", "float", "share that is masked", default=0.5, low=0.01, high=0.99
                ),
            ),
            unit="",
            floor="mean conditional variance of masked features given the visible ones",
            uses_labels=False,
            classifies=False,
            source="Vincent et al. 2010; He et al. 2022 (arXiv 2111.06377)",
        ),
        Objective(
            name="denoising",
            summary="mean squared error of an input restored from added Gaussian noise",
            implementation="jaxuim.train.objectives.reconstruction:denoising",
            parameters=(
                Parameter("noise", "float", "its deviation", default=0.5, low=1e-6, high=1e3),
            ),
            unit="",
            floor="mean conditional variance of a feature given the noisy input; Gaussian inputs "
            "of covariance S: sigma^2 tr(S (S + sigma^2)^-1) / d",
            uses_labels=False,
            classifies=False,
            source="Vincent et al. 2010",
        ),
        Objective(
            name="diffusion",
            summary="mean squared error of the noise in an input, at all noise levels, by class",
            implementation="jaxuim.train.objectives.diffusion:diffusion",
            parameters=(
                Parameter(
                    "prediction",
                    "str",
                    "what the network predicts",
                    default="noise",
                    choices=("noise", "data"),
                ),
                Parameter(
                    "dropout", "float", "share without condition", default=0.1, low=0.0, high=1.0
                ),
                _CONDITION_NOISE,
            ),
            unit="",
            floor="mean over time of the target's conditional variance; Gaussian data of "
            "deviations s: mean of s/(1 + s) for the noise, of s^2/(1 + s) for the data",
            classifies=False,
            models=("mlp", "linear"),
            source="Ho et al. 2020 (arXiv 2006.11239); Nichol and Dhariwal 2021",
        ),
        Objective(
            name="conditional_gaussian",
            summary="mean squared error of inputs that are to be generated from their class alone",
            implementation="jaxuim.train.objectives.conditional_gaussian:conditional_gaussian",
            parameters=(_CONDITION_NOISE,),
            unit="",
            floor="mean variance of a feature in its class, without noise in the conditions",
            source="Chen et al. 2024 (arXiv 2405.20494)",
        ),
    )
}
