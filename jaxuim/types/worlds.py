"""The worlds that ship with jaxuim, declared without JAX."""

from jaxuim.types.declare import Parameter, World

TASKS = ("id", "near_ood", "far_ood", "few_shot")

_SHORTCUT = Parameter(
    "shortcut",
    "bool",
    "draw an attribute on every example that a spurious-correlation bias can tie to the label",
    default=False,
)
_SHOTS = Parameter(
    "shots", "int", "labels a class in the few_shot task", default=5, low=1, high=1000
)

WORLDS = {
    world.name: world
    for world in (
        World(
            name="digits",
            summary="1,797 real handwritten digits of 8 x 8 pixels; classes 7-9 are far OOD",
            implementation="jaxuim.worlds.digits:build",
            parameters=(_SHORTCUT, _SHOTS),
            source="UCI optical recognition of handwritten digits, shipped with scikit-learn",
            tasks=TASKS,
            provides=("shortcut", "groups"),
            capability_settings={"shortcut": "shortcut", "groups": "shortcut"},
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
            provides=("shortcut", "groups"),
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
            provides=("shortcut", "groups"),
            capability_settings={"shortcut": "shortcut"},
        ),
        World(
            name="gaussian_mixture",
            summary="hierarchical Gaussian classes with a known Bayes error",
            implementation="jaxuim.worlds.gaussian_mixture:build",
            parameters=(
                _SHORTCUT,
                _SHOTS,
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
            provides=("shortcut", "groups", "bayes_error"),
            capability_settings={"shortcut": "shortcut", "groups": "shortcut"},
            pool="examples",
            inputs=16,
            images=False,
        ),
    )
}
