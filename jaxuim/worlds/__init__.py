"""Worlds: a pre-training distribution together with its downstream tasks. No JAX, no models."""

from jaxuim.types.worlds import WORLDS
from jaxuim.worlds.data import Task, WorldData
from jaxuim.worlds.resolve import build

__all__ = ["WORLDS", "Task", "WorldData", "build"]
