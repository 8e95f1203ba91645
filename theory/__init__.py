"""Solvable models of inherited bias: closed forms, simulations of the same setting, and a verdict.

Run from a checkout with ``python -m theory``. Each package below is one claim; it holds predictions
(differentiable JAX functions), simulations and the comparison of both. ``numerics`` is shared by
all predictions and simulations, ``study`` by all comparisons. Nothing in ``jaxuim`` imports this.
"""
