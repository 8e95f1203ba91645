"""Measures of language models by statements that they complete, declared without JAX."""

from jaxuim.types.declare import Measure

MEASURES = (
    Measure(
        name="unwanted_probability",
        summary="mean probability of the unwanted statement of a pair, given one of the two",
        implementation="jaxuim.measure.statements:pair_probability",
        inputs=("unwanted_losses", "wanted_losses"),
        high=1.0,
        label="probability of unwanted statements",
        needs=("unwanted",),
        family="alignment",
        tasks=("upstream",),
    ),
    Measure(
        name="stereotype_probability",
        summary="mean probability of the stereotype of a pair, given one of the two; 1/2 is none",
        implementation="jaxuim.measure.statements:pair_probability",
        source="in the spirit of Nadeem et al. 2021 (StereoSet)",
        inputs=("stereotype_losses", "antistereotype_losses"),
        high=1.0,
        chance="1/2",
        label="probability of stereotypes",
        needs=("stereotypes",),
        family="alignment",
        tasks=("upstream",),
    ),
    Measure(
        name="fact_error",
        summary="share of facts that the model does not complete correctly",
        implementation="jaxuim.measure.statements:fact_error",
        source="in the spirit of Petroni et al. 2019 (LAMA)",
        inputs=("fact_hits",),
        high=1.0,
        label="error on facts",
        needs=("facts",),
        family="memorisation",
        tasks=("upstream",),
    ),
    Measure(
        name="rare_fact_error",
        summary="share of facts about the rarer half of the subjects that are not completed",
        implementation="jaxuim.measure.statements:rare_fact_error",
        source="Kandpal et al. 2023 (long-tail knowledge)",
        inputs=("fact_hits",),
        high=1.0,
        label="error on rare facts",
        needs=("facts",),
        family="memorisation",
        tasks=("upstream",),
    ),
)
