"""Models of a sweep that saved them: any run as an ordinary flax module."""

from pathlib import Path

from flax import nnx

from jaxuim import worlds
from jaxuim.sweep.plan import make_plan
from jaxuim.sweep.spec import Spec
from jaxuim.sweep.store import Store, StoreError
from jaxuim.train import checkpoint
from jaxuim.train.networks import objective_and_network


def load_model(directory: str | Path, run_id: str) -> nnx.Module:
    """Return the pre-trained model of one run as a flax NNX module.

    The sweep must have been run with ``[output] save_models = true``. Run ids stand in the
    ``run_id`` column of the results.

    Raises:
        StoreError: the directory has no such run or no saved models.
    """
    store = Store.reader(directory)
    plan = make_plan(Spec.from_dict(store.provenance["spec"]))
    found = [(g, r) for g in plan.groups for r in g.runs if r.id == run_id]
    if not found:
        raise StoreError(f"{directory}: has no run {run_id!r}")
    group, run = found[0]
    for path in sorted((store.directory / checkpoint.FOLDER).glob(f"{group.key}-*")):
        if run.id in checkpoint.members(path):
            world = worlds.build(group.shape.world)
            _, network = objective_and_network(group.shape, world)
            return network.module(checkpoint.restore_member(path, run.id))
    raise StoreError(f"{directory}: run {run_id!r} was not saved; set output.save_models = true")
