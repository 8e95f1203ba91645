"""Measures: pure functions of arrays (logits, labels, groups, features) that return one number."""

from jaxuim.measure.alignment import Preference, Stereotypes, stereotype_score, unwanted_preference
from jaxuim.measure.angles import principal_angle_to_clean, principal_angles
from jaxuim.measure.association import AssociationTest, seat, weat
from jaxuim.measure.bounds import (
    binary_kl,
    binomial_bound,
    chernoff_bound,
    hoeffding_bound,
    kl_inverse,
)
from jaxuim.measure.brier import (
    BrierParts,
    Temperature,
    brier_parts,
    brier_reliability,
    brier_resolution,
    brier_score,
    fit_temperature,
)
from jaxuim.measure.calibration import (
    classwise_calibration_error,
    equal_mass_calibration_error,
    expected_calibration_error,
    maximum_calibration_error,
)
from jaxuim.measure.canaries import (
    Exposure,
    FittedExposure,
    exposure,
    exposure_by_fit,
    exposure_by_rank,
)
from jaxuim.measure.collapse import Simplex, nc1, nc2, nc3
from jaxuim.measure.copying import Copies, copy_rate
from jaxuim.measure.corruption import (
    CorruptionError,
    mean_corruption_error,
    relative_corruption_error,
)
from jaxuim.measure.diversity import Coverage, mode_entropy, precision_recall, vendi_score
from jaxuim.measure.extraction import Share, extraction_rate
from jaxuim.measure.fairness import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
    group_calibration_gap,
)
from jaxuim.measure.frequency import frequency_correlation
from jaxuim.measure.gaussians import frechet_distance, frechet_from_samples, wasserstein2_gaussian
from jaxuim.measure.generalisation import generalisation_gap, generalisation_gap_nll
from jaxuim.measure.generation import (
    class_frechet,
    nearest_copy_rate,
    sample_frechet,
    sample_spread,
)
from jaxuim.measure.groups import GroupTable, group_table, worst_class_error, worst_group_error
from jaxuim.measure.intervals import clopper_pearson
from jaxuim.measure.membership import (
    global_attack_auc,
    lira_offline_auc,
    lira_online_auc,
    lira_scores,
    lira_tpr,
)
from jaxuim.measure.memorisation import Effects, example_memorisation, influence, memorisation_score
from jaxuim.measure.moments import feature_kurtosis, feature_skewness, logit_entropy
from jaxuim.measure.objective import loss_sensitivity, pretrain_loss
from jaxuim.measure.pac_bayes import (
    catoni_bound,
    gaussian_kl,
    information_bound,
    maurer_bound,
    mcallester_bound,
    seeger_bound,
)
from jaxuim.measure.performance import balanced_error, error, negative_log_likelihood, top_k_error
from jaxuim.measure.perturbation import sensitivity
from jaxuim.measure.representation import (
    effective_rank,
    largest_singular_value_ratio,
    rankme,
    singular_value_entropy,
)
from jaxuim.measure.robustness import Above, AccuracyLine, accuracy_line, effective_robustness
from jaxuim.measure.roc import Rate, roc_auc, true_positive_rate
from jaxuim.measure.security import attack_success_rate, clean_accuracy_gap, contamination_inflation
from jaxuim.measure.similarity import cka_to_clean, debiased_cka, linear_cka
from jaxuim.measure.spectra import alpha_req, participation_ratio, power_law_exponent
from jaxuim.measure.statements import fact_error, pair_probability, rare_fact_error
from jaxuim.measure.transferability import logme
from jaxuim.measure.transport import sliced_wasserstein, wasserstein_1d
from jaxuim.types.measures import MEASURES, chance_value

__all__ = [
    "MEASURES",
    "Above",
    "AccuracyLine",
    "AssociationTest",
    "BrierParts",
    "Copies",
    "CorruptionError",
    "Coverage",
    "Effects",
    "Exposure",
    "FittedExposure",
    "GroupTable",
    "Preference",
    "Rate",
    "Share",
    "Simplex",
    "Stereotypes",
    "Temperature",
    "accuracy_line",
    "alpha_req",
    "attack_success_rate",
    "balanced_error",
    "binary_kl",
    "binomial_bound",
    "brier_parts",
    "brier_reliability",
    "brier_resolution",
    "brier_score",
    "catoni_bound",
    "chance_value",
    "chernoff_bound",
    "cka_to_clean",
    "class_frechet",
    "classwise_calibration_error",
    "clean_accuracy_gap",
    "clopper_pearson",
    "contamination_inflation",
    "copy_rate",
    "debiased_cka",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "effective_rank",
    "effective_robustness",
    "equal_mass_calibration_error",
    "equal_opportunity_difference",
    "equalized_odds_difference",
    "error",
    "example_memorisation",
    "expected_calibration_error",
    "exposure",
    "exposure_by_fit",
    "exposure_by_rank",
    "extraction_rate",
    "fact_error",
    "feature_kurtosis",
    "feature_skewness",
    "fit_temperature",
    "frechet_distance",
    "frechet_from_samples",
    "frequency_correlation",
    "gaussian_kl",
    "generalisation_gap",
    "generalisation_gap_nll",
    "global_attack_auc",
    "group_calibration_gap",
    "group_table",
    "hoeffding_bound",
    "influence",
    "information_bound",
    "kl_inverse",
    "largest_singular_value_ratio",
    "linear_cka",
    "lira_offline_auc",
    "lira_online_auc",
    "lira_scores",
    "lira_tpr",
    "logit_entropy",
    "logme",
    "loss_sensitivity",
    "maurer_bound",
    "maximum_calibration_error",
    "mcallester_bound",
    "mean_corruption_error",
    "memorisation_score",
    "mode_entropy",
    "nc1",
    "nc2",
    "nc3",
    "nearest_copy_rate",
    "negative_log_likelihood",
    "pair_probability",
    "participation_ratio",
    "power_law_exponent",
    "precision_recall",
    "pretrain_loss",
    "principal_angle_to_clean",
    "principal_angles",
    "rankme",
    "rare_fact_error",
    "relative_corruption_error",
    "roc_auc",
    "sample_frechet",
    "sample_spread",
    "seat",
    "seeger_bound",
    "sensitivity",
    "singular_value_entropy",
    "sliced_wasserstein",
    "stereotype_score",
    "top_k_error",
    "true_positive_rate",
    "unwanted_preference",
    "vendi_score",
    "wasserstein2_gaussian",
    "wasserstein_1d",
    "weat",
    "worst_class_error",
    "worst_group_error",
]
