"""The static part of a run: everything that selects a compiled program."""

from dataclasses import dataclass

# What may be done to the biased pre-training data of a run before it is shown.
BALANCES = ("none", "reweight", "subsample")
REPAIRS = ("none", "drop", "relabel", "deduplicate", "balance_classes")

Settings = tuple[tuple[str, float | int | bool | str | None], ...]


@dataclass(frozen=True)
class Shape:
    """What a compiled program is specialised on; one compilation per distinct value.

    ``world`` and ``bias_settings`` are sorted ``(name, value)`` pairs, the world's kind included.
    ``biases`` are names in canonical order: sampling first, then input, then label.
    ``measure_at`` holds the training steps at which the run is measured, the last one included.
    ``decays`` says whether the run has a weight decay at all: without one, none is computed.
    ``batches`` says how a batch is drawn: ``"independent"`` draws with replacement, ``"distinct"``
    takes neighbours in the run's order of the slots. ``balance`` says whether groups are balanced
    after the biases, ``repair`` how the data are repaired by an audit. ``model_settings`` and
    ``objective_settings`` hold what differs from the declared defaults.
    Numbers that may vary inside a program (levels, learning rate, weight decay, samples) are not
    here: they are traced.
    """

    world: Settings
    biases: tuple[str, ...]
    bias_settings: tuple[Settings, ...]
    model: str
    width: int
    depth: int
    objective: str
    optimizer: str
    schedule: str
    warmup: int
    batch_size: int
    steps: int
    measure_at: tuple[int, ...]
    decays: bool = False
    batches: str = "independent"
    balance: str = "none"
    repair: str = "none"
    model_settings: Settings = ()
    objective_settings: Settings = ()

    @property
    def world_kind(self) -> str:
        """The world's kind, e.g. ``"digits"``."""
        return str(dict(self.world)["kind"])
