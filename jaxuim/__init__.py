"""What models inherit from biased pre-training data, by what law, and where it tips.

The package imports nothing heavy: ``jaxuim --help`` and ``jaxuim plan`` answer at once, and parts
(``jaxuim.laws``, ``jaxuim.measure``, ``jaxuim.sweep``, ...) are imported by name.
"""

__version__ = "0.1.0"
