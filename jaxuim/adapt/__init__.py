"""Adaptations: ways of using a pre-trained model on a task, written for one run and one task."""

from jaxuim.adapt.fitted import Fitted
from jaxuim.types.models import ADAPTATIONS

__all__ = ["ADAPTATIONS", "Fitted"]
