"""Records that declare a world, bias, model, measure, ... by name, without importing JAX.

A declaration says what a thing is called, what it means, which values it takes and where its
implementation lives (``"module:attribute"``). The planner checks a sweep against declarations
alone; implementations are imported when a run needs them.
"""

import importlib
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Parameter:
    """One setting of a declared thing: its type, its range and its default.

    ``low`` and ``high`` are inclusive bounds for numbers; ``choices`` lists the allowed strings.
    A parameter without a default (``None``) is required unless ``optional`` is set.
    ``axis`` says whether a sweep may give a list of values; ``traced`` that the values of such an
    axis share one compiled program.
    """

    name: str
    kind: Literal["float", "int", "bool", "str"]
    doc: str
    default: float | int | bool | str | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    axis: bool = False
    traced: bool = False


@dataclass(frozen=True)
class Declaration:
    """What every declared thing has: a name, one sentence, parameters and an implementation."""

    name: str
    summary: str
    implementation: str
    parameters: tuple[Parameter, ...] = ()
    source: str = ""

    def load(self) -> Any:
        """Import and return the implementation that ``implementation`` names."""
        module, _, attribute = self.implementation.partition(":")
        return getattr(importlib.import_module(module), attribute)


@dataclass(frozen=True)
class World(Declaration):
    """A pre-training distribution with its downstream tasks.

    ``provides`` names capabilities that biases and measures may need: ``"shortcut"`` (an attribute
    that can be made to agree with the label), ``"groups"`` (a group label on every test example),
    ``"bayes_error"`` (the optimum is known in closed form).
    ``capability_settings`` maps a capability to the world's setting that switches it on.
    ``pool`` is the size of the pre-training pool where it is known: a number, or the name of the
    setting that holds it. ``inputs`` and ``classes`` (of pre-training) serve estimates of cost;
    ``images`` says whether inputs are images, ``None`` where only the data can tell; ``tokens``
    whether they are sequences of token numbers, of ``inputs`` tokens.
    """

    tasks: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    capability_settings: dict[str, str] = field(default_factory=dict)
    pool: int | str | None = None
    inputs: int = 64
    classes: int = 10
    images: bool | None = None
    tokens: bool = False


@dataclass(frozen=True)
class Bias(Declaration):
    """A named corruption of pre-training data with a level in [0, 1].

    ``level`` says what the level is, ``population`` gives its closed-form population value,
    ``corrupts`` what it touches, ``needs`` the capabilities that the world must provide.
    ``tipping`` is the level at which theory expects the response to change regime, as text.
    ``uses`` names what must be known of each example: ``"boundary"``.
    ``render`` names the function (``"module:attribute"``) that changes the inputs of the examples
    that the bias marked, where it changes any. ``draws_from`` names the world's further source of
    examples that the bias shows in place of those of the pool. At most one parameter is traced.
    """

    level: str = ""
    population: str = ""
    corrupts: Literal["label", "input", "sampling"] = "label"
    needs: tuple[str, ...] = ()
    tipping: str = ""
    render: str = ""
    draws_from: str = ""
    uses: tuple[str, ...] = ()

    @property
    def dial(self) -> Parameter | None:
        """The traced parameter beside the level, if there is one."""
        return next((item for item in self.parameters if item.traced), None)


@dataclass(frozen=True)
class Model(Declaration):
    """A network with ``features()``; its parameters are static (they select the program).

    ``needs`` names what the world's inputs must be: ``"images"`` for a convolutional network,
    ``"tokens"`` for one that reads sequences. ``objectives`` names those that it serves, any if
    empty.
    """

    needs: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Objective(Declaration):
    """What pre-training minimises.

    ``floor`` says what the lowest attainable loss is; ``unit`` is that of the loss.
    ``needs`` names world capabilities (``"images"``, ``"tokens"``) and ``refuses`` those that it
    cannot work with. ``uses_labels`` says whether labels enter the loss: without, a bias of labels
    has no effect. ``classifies`` says whether the pre-trained network gives logits of the
    pre-training classes by itself. ``models`` names the kinds that it trains, any if empty.
    """

    unit: str = "nats"
    floor: str = ""
    needs: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ("tokens",)
    uses_labels: bool = True
    classifies: bool = True
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adaptation(Declaration):
    """A way of using a pre-trained model on a task, e.g. a linear probe."""


@dataclass(frozen=True)
class Measure(Declaration):
    """A number computed from arrays, with its sign, range and chance value.

    ``inputs`` names the arrays it takes, in order, from ``INPUTS``. ``better`` is ``"lower"``,
    ``"higher"`` or ``"none"`` (descriptive). ``chance`` is the value of an uninformed predictor as
    a formula in K (classes), D (feature dimension), or ``None`` where there is no such value.
    ``needs`` names world capabilities. ``family`` is the consequence that it stands for. ``tasks``
    are those it is taken on, all (and upstream) where empty. ``default`` says whether a sweep that
    names no measures takes it. ``spans`` says that it takes arrays stacked over runs and returns
    one number a run.
    """

    inputs: tuple[str, ...] = ()
    better: Literal["lower", "higher", "none"] = "lower"
    low: float = 0.0
    high: float = float("inf")
    chance: str | None = None
    unit: str = ""
    label: str = ""
    needs: tuple[str, ...] = ()
    family: str = "performance"
    tasks: tuple[str, ...] = ()
    default: bool = False
    spans: bool = False

    @property
    def compares(self) -> bool:
        """Whether it takes arrays of other runs too: stacked, or of the run's clean partner."""
        return self.spans or any(name.startswith("clean_") for name in self.inputs)


# What measures may take. Of one run: n test examples, K classes, D features, N pool examples.
INPUTS = {
    "logits": "f32[n, K], of the test examples",
    "labels": "i32[n]",
    "groups": "i32[n], with num_groups as a keyword",
    "features": "f32[n, D]",
    "triggered_logits": "f32[n, K], of the same examples with the backdoor's trigger",
    "target": "i32[], the backdoor's target class",
    "leaked": "bool[n], test examples that were shown in pre-training",
    "perturbed_logits": "f32[n, K], after a perturbation of all weights of fixed size",
    "pool_logits": "f32[N, K], of the pre-training pool",
    "pool_labels": "i32[N], as they were shown",
    "pool_used": "bool[N], examples that were shown at all",
    "class_counts": "i32[K], how often each class was shown in pre-training",
    "pool_wrong": "bool[N], shown with a label that is not the example's own",
    "audited": "f32[2], noise rate that an audit found, and that it expects after its repair",
    "canary_losses": "f32[c], losses of the canaries that might have been inserted",
    "canaries_shown": "bool[c], which of them were",
    "reference_losses": "f32[r], losses of canaries that were not",
    "objective_loss": "f32[], of the pre-training objective on clean held-out data",
    "perturbed_loss": "f32[], the same after a perturbation of all weights of fixed size",
    "wanted_losses": "f32[p], nats of each wanted statement, as summed over its tokens",
    "unwanted_losses": "f32[p], of its unwanted counterpart",
    "stereotype_losses": "f32[p], of statements that follow a stereotype",
    "antistereotype_losses": "f32[p], of their counterparts that do not",
    "fact_hits": "bool[f], facts whose likeliest last token is right, frequent subjects first",
    "generated": "f32[m, d], samples of the pre-trained model for the labels of m test examples",
    "held_out": "f32[m, d], those test examples",
    "pool_inputs": "f32[N, d], as they were shown",
    "made_means": "f32[K, d], of each class as the model generates it",
    "made_covariance": "f32[d, d], of what it generates about these means",
    "true_means": "f32[K, d], of each class in the clean pool",
    "true_covariance": "f32[d, d], of the clean pool about these means",
    "clean_features": "f32[n, D], of the run with the same seed at level 0",
    "scores": "f32[runs, N], stacked over runs: log-odds of the true label of each pool example",
    "member": "bool[runs, N], which pool examples each run was trained on",
}
