"""Biases of who is shown and how often, declared without JAX."""

from jaxuim.types.declare import Bias, Parameter

BIASES = (
    Bias(
        name="long_tail",
        summary="class c keeps a share 100^(-b c/(K-1)) of its examples; these fill the slots",
        implementation="jaxuim.biases.imbalance:long_tail",
        source="exponential profile of Cui et al. 2019, with the imbalance ratio as the dial",
        level="n_min/n_max = 100^-level",
        population="P(class c) is proportional to pi_c 100^(-b c/(K-1))",
        corrupts="sampling",
    ),
    Bias(
        name="zipf_long_tail",
        summary="class c keeps a share (c + 1)^(-a b) of its examples; these fill the slots",
        implementation="jaxuim.biases.imbalance:zipf_long_tail",
        parameters=(
            Parameter(
                "exponent", "float", "a, of Zipf's law at level 1", default=1.0, low=0.0, high=5.0
            ),
        ),
        source="Zipf 1949, as a profile of classes",
        level="share of the exponent of Zipf's law",
        population="P(class c) is proportional to pi_c (c + 1)^(-a b)",
        corrupts="sampling",
    ),
    Bias(
        name="step_imbalance",
        summary="the minority classes keep a share ratio^-b of their examples",
        implementation="jaxuim.biases.imbalance:step_imbalance",
        parameters=(
            Parameter(
                "minority",
                "float",
                "share of the classes, the last ones, that are the minority",
                default=0.5,
                low=0.0,
                high=1.0,
            ),
            Parameter("ratio", "float", "n_max/n_min at level 1", default=100.0, low=1.0, high=1e6),
        ),
        source="Buda, Maki and Mazurowski 2018, with the imbalance ratio as the dial",
        level="n_min/n_max = ratio^-level",
        population="P(class c) is proportional to pi_c ratio^(-b [c in the minority])",
        corrupts="sampling",
    ),
    Bias(
        name="underrepresented_subgroup",
        summary="one subgroup keeps a share 1 - b of its examples; the kept ones fill the slots",
        implementation="jaxuim.biases.subgroup:underrepresented_subgroup",
        parameters=(Parameter("group", "int", "number of the subgroup", default=1, low=0),),
        source="derived here; Buolamwini and Gebru 2018",
        level="share of the subgroup's examples that is missing",
        population="P(group) = pi (1 - b)/(1 - b pi); one of its examples always stays",
        corrupts="sampling",
        needs=("subgroups",),
    ),
    Bias(
        name="duplication",
        summary="a share of the slots is filled by m copies each of few examples",
        implementation="jaxuim.biases.duplication:duplication",
        parameters=(
            Parameter(
                "copies",
                "int",
                "m, copies of each duplicated example",
                default=10,
                low=1,
                high=100_000,
                axis=True,
                traced=True,
            ),
        ),
        source="derived here; Lee et al. 2022; Kandpal et al. 2022",
        level="share of the slots that are copies of few examples",
        population="E[distinct examples] = B + (n - B)(1 - b), B = ceil(n/m)",
        corrupts="sampling",
    ),
)
