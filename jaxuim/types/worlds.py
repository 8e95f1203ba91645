"""The worlds that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Parameter, World

TASKS = ("id", "near_ood", "far_ood", "few_shot")

_SHORTCUT = Parameter(
    "shortcut",
    "bool",
    "draw an attribute on every example that a spurious-correlation bias can tie to the label",
    default=False,
)
_SECOND = Parameter(
    "second_shortcut", "bool", "draw a second attribute beside the shortcut's", optional=True
)
_TIE = Parameter(
    "downstream_tie",
    "float",
    "probability that in the tasks' training parts the shortcut is the label",
    low=0.0,
    high=1.0,
    optional=True,
    axis=True,
)
_SHOTS = Parameter(
    "shots", "int", "labels a class in the few_shot task", default=5, low=1, high=1000
)
_LENGTH = Parameter("length", "int", "tokens in an example", default=64, low=16, high=4096)

_SHORTCUTS = {"shortcut": "shortcut", "second_shortcut": "second_shortcut"}

WORLDS = {
    world.name: world
    for world in (
        World(
            name="digits",
            summary="1,797 real handwritten digits of 8 x 8 pixels; classes 7-9 are far OOD",
            implementation="jaxuim.worlds.digits:build",
            parameters=(_SHORTCUT, _SHOTS, _SECOND, _TIE),
            source="UCI optical recognition of handwritten digits, shipped with scikit-learn",
            tasks=TASKS,
            provides=("shortcut", "second_shortcut", "groups", "subgroups", "images"),
            capability_settings=_SHORTCUTS,
            pool=800,
            classes=7,
            images=True,
        ),
        World(
            name="tfds",
            summary="a classification data set of tensorflow-datasets, written kind = 'tfds:NAME'",
            implementation="jaxuim.worlds.tfds:build",
            parameters=(
                _SHORTCUT,
                _SHOTS,
                Parameter(
                    "data_dir", "str", "directory that holds the prepared data set", optional=True
                ),
                Parameter(
                    "held_out",
                    "float",
                    "share of the classes kept for far_ood",
                    default=0.3,
                    low=0.1,
                    high=0.9,
                ),
                Parameter(
                    "image_size",
                    "int",
                    "images are averaged down to this side",
                    default=8,
                    low=2,
                    high=64,
                ),
                Parameter(
                    "examples", "int", "how many examples are used at most", default=20000, low=50
                ),
            ),
            source="https://www.tensorflow.org/datasets",
            tasks=TASKS,
            provides=("shortcut", "groups", "images"),
            capability_settings={"shortcut": "shortcut", "groups": "shortcut"},
            images=True,
        ),
        World(
            name="arrays",
            summary="your own .npz file with features x, labels y and, if you have them, groups",
            implementation="jaxuim.worlds.arrays:build",
            parameters=(
                _SHORTCUT,
                _SHOTS,
                _SECOND,
                Parameter("path", "str", "path of the .npz file"),
                Parameter(
                    "held_out",
                    "float",
                    "share of the classes kept for far_ood",
                    default=0.3,
                    low=0.1,
                    high=0.9,
                ),
            ),
            tasks=TASKS,
            provides=("shortcut", "second_shortcut", "groups", "subgroups", "images"),
            capability_settings=_SHORTCUTS,
        ),
        World(
            name="gaussian_mixture",
            summary="hierarchical Gaussian classes with a known Bayes error",
            implementation="jaxuim.worlds.gaussian_mixture:build",
            parameters=(
                _SHORTCUT,
                _SHOTS,
                _SECOND,
                Parameter(
                    "superclasses", "int", "number of superclasses", default=4, low=2, high=100
                ),
                Parameter(
                    "subclasses", "int", "classes in each superclass", default=3, low=2, high=100
                ),
                Parameter(
                    "super_signal",
                    "float",
                    "distance of a superclass mean from the origin",
                    default=2.0,
                    low=0.0,
                    high=100.0,
                ),
                Parameter(
                    "sub_signal",
                    "float",
                    "offset of a class mean from its superclass mean",
                    default=2.0,
                    low=0.0,
                    high=100.0,
                ),
                Parameter(
                    "noise",
                    "float",
                    "standard deviation of every feature",
                    default=1.0,
                    low=1e-6,
                    high=100.0,
                ),
                Parameter(
                    "dimension",
                    "int",
                    "number of core features; 0 means just enough",
                    default=0,
                    low=0,
                    high=100000,
                ),
                Parameter(
                    "examples",
                    "int",
                    "size of the pre-training pool",
                    default=2000,
                    low=50,
                    high=10_000_000,
                ),
            ),
            source="own construction; Bayes error derived in jaxuim.worlds.gaussian_mixture",
            tasks=TASKS,
            provides=("shortcut", "second_shortcut", "groups", "subgroups", "bayes_error"),
            capability_settings=_SHORTCUTS,
            pool="examples",
            inputs=16,
            images=False,
        ),
        World(
            name="language",
            summary="documents of topics, facts, groups and values with a known entropy rate",
            implementation="jaxuim.worlds.language:build",
            parameters=(
                _SHOTS,
                Parameter("vocabulary", "int", "number of tokens", default=256, low=48, high=65536),
                _LENGTH,
                Parameter("topics", "int", "topics pre-trained on", default=8, low=4, high=64),
                Parameter(
                    "branching", "int", "usual successors of a word", default=3, low=1, high=64
                ),
                Parameter(
                    "topic_strength",
                    "float",
                    "share of the successors that are the topic's own",
                    default=0.5,
                    low=0.0,
                    high=1.0,
                ),
                Parameter(
                    "zipf",
                    "float",
                    "exponent of the frequencies with which subjects are mentioned",
                    default=1.0,
                    low=0.0,
                    high=4.0,
                ),
                Parameter(
                    "examples",
                    "int",
                    "documents in the pre-training pool",
                    default=4000,
                    low=50,
                    high=1_000_000,
                ),
            ),
            source="own construction; entropy rate derived in jaxuim.worlds.language_floor",
            tasks=TASKS,
            provides=("groups", "subgroups", "bayes_error", "unwanted", "stereotypes", "facts"),
            pool="examples",
            classes=8,
            images=False,
            tokens=True,
        ),
        World(
            name="text",
            summary="your own text, a file or a directory of .txt files, as passages of bytes",
            implementation="jaxuim.worlds.text:build",
            parameters=(
                Parameter("path", "str", "path of the file or the directory"),
                _SHOTS,
                _LENGTH,
                Parameter(
                    "sections", "int", "labels that a file is cut into", default=8, low=4, high=1000
                ),
            ),
            tasks=TASKS,
            images=False,
            tokens=True,
        ),
    )
}
