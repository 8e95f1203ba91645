"""The commented sweep that ``jaxuim init`` writes."""

STARTER = """\
# Question: what do downstream models inherit from noisy pre-training labels?
# Expected: errors rise with the noise level.
# Source:   your own.
# Cost:     `jaxuim plan {name}.toml` says.
# Command:  jaxuim run {name}.toml

name = "{name}"
question = "What do downstream models inherit from noisy pre-training labels?"
expectation = "Errors rise with the noise level."
source = "my own question"
cost = "seconds to a minute on 2 CPU cores"

# Most numbers may be one value, a list, { linspace = [start, stop, count] } or
# { logspace = [from, to, count] } (exponents of ten); more than one value makes an axis.

[world]                             # where the data come from
kind = "digits"                     # or "gaussian_mixture", "arrays", "tfds:NAME"
shortcut = false                    # true: an attribute that spurious_correlation can use

[bias]                              # [[bias]] twice: two biases at once
kind = "symmetric_label_noise"      # or "long_tail", "spurious_correlation"
level = { linspace = [0.0, 1.0, 6] } # 0 is clean data and is always added

[model]
kind = "mlp"                        # or "cnn"
width = 32
depth = 2

[pretrain]
samples = 256                       # of the pre-training pool
steps = 300
batch_size = 64
optimizer = "adam"                  # or "sgd", "momentum", "adamw"
learning_rate = 1e-3
weight_decay = 0.0
schedule = "constant"               # or "cosine"
warmup = 0
objective = "supervised"            # what is learnt; see jaxuim.types.objectives for others
# measure_at = [100, 200]           # further steps at which to measure; the last one always is

# [objective]                       # settings of the objective, where it has any

[downstream]
tasks = ["id", "near_ood", "far_ood"] # and "few_shot"
adaptations = ["linear_probe", "finetune"]

[downstream.linear_probe]
l2 = 0.01

[downstream.finetune]
steps = 100
batch_size = 32
learning_rate = 1e-3

# [measures]
# names = ["error", "nll"]          # the usual ones that the world allows if left out

[seeds]                             # runs are paired by seed
count = 8
root = 0

[output]
save_models = false

[analysis]                          # may change at any time without a new run
response = "error"
axis = "bias.level"
laws = ["saturating_power", "hill"]  # and "power", "logistic"
tipping = true
confidence = 0.95

# What you expect; `jaxuim check DIR` and the report say whether it holds, with an interval.
# [[expect]]
# name = "far-OOD error rises with the noise"
# statistic = "slope"                # or "mean", "effect", "argmin", "coefficient"
# measure = "error"
# axis = "bias.level"
# where = { task = "far_ood", adaptation = "linear_probe" }
# expected = "positive"              # or "negative", or "zero" with a tolerance

# [[variant]]                        # several sweeps in one file: each replaces parts of the above
# name = "wide"
# model.width = 128
"""
