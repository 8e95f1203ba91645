"""Measures of the noise in a run's data and of what an audit said of it, declared without JAX."""

from jaxuim.types.declare import Measure

_AUDITED = ("audited",)
_ABOUT = {
    "found_noise_rate": ("the noise rate that an audit found in the data", _AUDITED),
    "expected_noise_rate": ("the noise rate that the audit expects after its repair", _AUDITED),
    "remaining_noise_rate": (
        "the share of wrong labels in what is trained on, after the repair if there is one",
        ("pool_wrong", "pool_used"),
    ),
}

MEASURES = tuple(
    Measure(
        name=name,
        summary=summary,
        implementation=f"jaxuim.measure.auditing:{name}",
        inputs=inputs,
        high=1.0,
        label=name.replace("_", " "),
        family="performance",
    )
    for name, (summary, inputs) in _ABOUT.items()
)
