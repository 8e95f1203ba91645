"""The names of the laws of one input that an analysis may fit, declared without JAX."""

LAWS = (
    "power",
    "shifted_power",
    "saturating_power",
    "m1",
    "m2",
    "m3",
    "m4",
    "bnsl1",
    "bnsl2",
    "hill",
    "logistic",
    "hinge",
    "jump",
    "mixing",
)
