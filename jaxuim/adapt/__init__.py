"""Adaptations: ways of using a pre-trained model on a task, written for one run and one task."""

from jaxuim.adapt.fitted import Encoder, Fitted
from jaxuim.types.models import ADAPTATIONS

__all__ = ["ADAPTATIONS", "Encoder", "Fitted"]
