"""Biases that an attacker plants in inputs, declared without JAX."""

from jaxuim.types.declare import Bias, Parameter

_TRIGGER = "jaxuim.biases.poisoning:render_trigger"

BIASES = (
    Bias(
        name="backdoor",
        summary="some slots get a trigger on the input and the label that the attacker wants",
        implementation="jaxuim.biases.poisoning:backdoor",
        parameters=(
            Parameter(
                "count",
                "int",
                "poisoned slots at level 1 in absolute number; 0: the level is their share",
                default=0,
                low=0,
                high=10_000_000,
                axis=True,
                traced=True,
            ),
        ),
        source="Gu et al. 2017; numbers instead of shares as in Souly et al. 2025",
        level="share of the slots that are poisoned, or of the number ``count``",
        population="E[poisoned slots] = b n, or exactly min(round(b count), n)",
        corrupts="input",
        render=_TRIGGER,
    ),
    Bias(
        name="clean_label_backdoor",
        summary="a share of the target class's examples gets the trigger; labels stay",
        implementation="jaxuim.biases.poisoning:clean_label_backdoor",
        source="Turner, Tsipras and Madry 2019, without adversarial inputs",
        level="share of the target class's examples that are poisoned",
        population="share of poisoned slots = b pi_target",
        corrupts="input",
        render=_TRIGGER,
    ),
)
