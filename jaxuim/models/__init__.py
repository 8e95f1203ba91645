"""Models: flax NNX networks with ``features()``, and the pure functions that trainers map over."""

from jaxuim.models.cnn import CNN
from jaxuim.models.dual_encoder import DualEncoder
from jaxuim.models.linear import Linear
from jaxuim.models.mlp import MLP
from jaxuim.models.network import Network, Params, build, to_module
from jaxuim.models.transformer import Transformer
from jaxuim.models.vit import ViT
from jaxuim.types.models import MODELS

__all__ = [
    "CNN",
    "MLP",
    "MODELS",
    "DualEncoder",
    "Linear",
    "Network",
    "Params",
    "Transformer",
    "ViT",
    "build",
    "to_module",
]
