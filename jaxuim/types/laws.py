"""The names of the laws that an analysis may fit, declared without JAX."""

LAWS = ("power", "saturating_power", "hill", "logistic")
