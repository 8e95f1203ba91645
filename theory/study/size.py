"""How much is simulated: quick, standard or full, and the random keys of a study."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import jax
import numpy as np

SizeName = Literal["quick", "standard", "full"]
FACTORS: dict[SizeName, float] = {"quick": 0.1, "standard": 1.0, "full": 10.0}
STUDIES: dict[SizeName, int] = {"quick": 40, "standard": 400, "full": 2000}


@dataclass(frozen=True)
class Size:
    """The size of a study and its root seed.

    >>> Size("quick").repetitions(2000), Size("full").repetitions(2000)
    (200, 20000)
    """

    name: SizeName = "standard"
    seed: int = 0

    def repetitions(self, standard: int, least: int = 20) -> int:
        """Return how many repetitions of a simulation to run, given the number at standard size."""
        return max(least, round(standard * FACTORS[self.name]))

    @property
    def studies(self) -> int:
        """How many whole data sets an estimator is tried on: 40, 400 or 2000."""
        return STUDIES[self.name]

    def key(self, name: str) -> jax.Array:
        """Return the random key of a named simulation.

        >>> a, b = Size().key("ridge n=100"), Size().key("ridge n=200")
        >>> bool((jax.random.key_data(a) == jax.random.key_data(b)).all())
        False
        """
        return jax.random.fold_in(jax.random.key(self.seed), _number(name))

    def rng(self, name: str) -> np.random.Generator:
        """Return a NumPy generator for a named simulation."""
        return np.random.default_rng([self.seed, _number(name)])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
