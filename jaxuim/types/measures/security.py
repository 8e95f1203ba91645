"""Measures of attacks on, and leaks into, the pre-training data, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="attack_success_rate",
        summary="share of examples of other classes that become the target with the trigger",
        implementation="jaxuim.measure.security:attack_success_rate",
        source="Gu, Dolan-Gavitt and Garg 2017",
        inputs=("triggered_logits", "labels", "target"),
        high=1.0,
        chance="1/K",
        label="attack success rate",
        family="security",
    ),
    Measure(
        name="contamination_inflation",
        summary="error on test examples that were not leaked less that on those that were",
        implementation="jaxuim.measure.security:contamination_inflation",
        source="Magar and Schwartz 2022",
        inputs=("logits", "labels", "leaked"),
        low=-1.0,
        high=1.0,
        chance="0",
        label="contamination inflation",
        family="security",
    ),
)
