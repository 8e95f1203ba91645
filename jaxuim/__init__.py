"""jaxuim: what downstream models inherit from biased pre-training data, by what law, and where it tips.

The package imports nothing heavy: ``jaxuim --help`` and ``jaxuim plan`` answer at once, and each
part (``jaxuim.laws``, ``jaxuim.measure``, ``jaxuim.biases``, ``jaxuim.sweep``, ...) is imported by name.
"""

__version__ = "0.1.0"
