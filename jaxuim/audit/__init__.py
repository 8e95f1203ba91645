"""Audit: which biases a given data set holds, example by example, and how to remove them."""

from jaxuim.audit.auditing import audit
from jaxuim.audit.confident import ConfidentJoint, confident_joint
from jaxuim.audit.copies import Duplicates, duplicates, exact_groups
from jaxuim.audit.distances import Outliers, outliers
from jaxuim.audit.frequencies import ClassBalance, TailExponent, Zipf, class_balance, hill, zipf
from jaxuim.audit.grouped import GroupBalance, cramers_v, group_balance, mutual_information
from jaxuim.audit.intervals import Share, wilson
from jaxuim.audit.leaks import Contamination, contamination
from jaxuim.audit.noise import NoiseEstimate, estimate_noise
from jaxuim.audit.predictions import cross_validated_probabilities
from jaxuim.audit.record import Audit, Issue, Row
from jaxuim.audit.repairs import Repair, inverse_duplicate_weights, repair
from jaxuim.audit.scoring import (
    LabelScores,
    label_issues,
    label_scores,
    margin,
    self_confidence,
)
from jaxuim.audit.single_features import Shortcut, Shortcuts, shortcuts
from jaxuim.audit.weights import class_weights, effective_number, group_weights

__all__ = [
    "Audit",
    "ClassBalance",
    "ConfidentJoint",
    "Contamination",
    "Duplicates",
    "GroupBalance",
    "Issue",
    "LabelScores",
    "NoiseEstimate",
    "Outliers",
    "Repair",
    "Row",
    "Share",
    "Shortcut",
    "Shortcuts",
    "TailExponent",
    "Zipf",
    "audit",
    "class_balance",
    "class_weights",
    "confident_joint",
    "contamination",
    "cramers_v",
    "cross_validated_probabilities",
    "duplicates",
    "effective_number",
    "estimate_noise",
    "exact_groups",
    "group_balance",
    "group_weights",
    "hill",
    "inverse_duplicate_weights",
    "label_issues",
    "label_scores",
    "margin",
    "mutual_information",
    "outliers",
    "repair",
    "self_confidence",
    "shortcuts",
    "wilson",
    "zipf",
]
