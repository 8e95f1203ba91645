"""Measures of what an audit found in a run's data, declared without JAX."""

from jaxuim.types.declare import Measure

_ABOUT = {
    "found_noise_rate": "the noise rate that an audit found in the data",
    "expected_noise_rate": "the noise rate that the audit expects after its repair",
    "remaining_noise_rate": "the share of labels that are wrong after the repair",
}

MEASURES = tuple(
    Measure(
        name=name,
        summary=summary,
        implementation=f"jaxuim.measure.auditing:{name}",
        inputs=("audited",),
        high=1.0,
        label=name.replace("_", " "),
        family="performance",
    )
    for name, summary in _ABOUT.items()
)
