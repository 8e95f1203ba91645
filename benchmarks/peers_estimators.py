"""The estimators written with NumPy, SciPy and scikit-learn, as one would without jaxuim."""

from collections.abc import Callable

import numpy as np
from scipy import linalg, special, stats
from sklearn.metrics import roc_auc_score
from sklearn.utils.extmath import randomized_svd


def effective_rank(x: np.ndarray) -> float:
    """By LAPACK's singular values of the whole matrix."""
    shares = np.linalg.svd(x, compute_uv=False)
    return float(np.exp(special.entr(shares / shares.sum()).sum()))


def rankme(x: np.ndarray) -> float:
    """As published: singular values of the whole matrix."""
    shares = np.linalg.svd(x, compute_uv=False)
    return float(np.exp(special.entr(shares / shares.sum() + 1e-7).sum()))


def participation_ratio(x: np.ndarray) -> float:
    """By the eigenvalues of NumPy's covariance."""
    values = np.linalg.eigvalsh(np.cov(x, rowvar=False, dtype=np.float32))
    return float(values.sum() ** 2 / (values**2).sum())


def skewness(x: np.ndarray) -> float:
    """By SciPy."""
    return float(stats.skew(x).mean())


def kurtosis(x: np.ndarray) -> float:
    """By SciPy."""
    return float(stats.kurtosis(x).mean())


def linear_cka(x: np.ndarray, y: np.ndarray) -> float:
    """As published, in the form of features."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / norms)


def principal_angle(x: np.ndarray, y: np.ndarray) -> float:
    """By scikit-learn's randomised SVD, much less work for 10 directions, and SciPy's angles."""
    left = [randomized_svd(z, 10, n_iter=8, random_state=0)[0] for z in (x, y)]
    return float(linalg.subspace_angles(*left).mean())


def nc1(x: np.ndarray, labels: np.ndarray) -> float:
    """As published: covariances of D x D and a pseudo-inverse."""
    classes = labels.max() + 1
    means = np.stack([x[labels == k].mean(axis=0) for k in range(classes)])
    rest, between = x - means[labels], means - x.mean(axis=0)
    quotient = (rest.T @ rest / len(x)) @ np.linalg.pinv(between.T @ between / classes, rcond=1e-5)
    return float(np.trace(quotient) / classes)


def logme(x: np.ndarray, labels: np.ndarray) -> float:
    """The authors' fixed point after one SVD."""
    n, d = x.shape
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    s2, total = s.astype(np.float64) ** 2, []
    for k in range(labels.max() + 1):
        y = (labels == k).astype(np.float32)
        z2 = (u.T @ y).astype(np.float64) ** 2
        outside, alpha, beta = float(y @ y) - z2.sum(), 1.0, 1.0
        for _ in range(100):
            t = alpha / beta
            gamma = (s2 / (s2 + t)).sum()
            m2 = (s2 * z2 / (s2 + t) ** 2).sum()
            rest = (z2 / (1.0 + s2 / t) ** 2).sum() + outside
            alpha, beta = gamma / m2, (n - gamma) / rest
        volume = np.log(alpha + beta * s2).sum()
        fit = d * np.log(alpha) + n * np.log(beta / (2.0 * np.pi)) - volume
        total.append((fit - beta * rest - alpha * m2) / (2 * n))
    return float(np.mean(total))


def frechet(x: np.ndarray, y: np.ndarray) -> float:
    """As in the FID's code: covariances and SciPy's root of their product."""
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = linalg.sqrtm(c1 @ c2).real
    shift = x.mean(axis=0, dtype=np.float64) - y.mean(axis=0, dtype=np.float64)
    return float(shift @ shift + np.trace(c1 + c2 - 2.0 * root))


def lira_online(scores: np.ndarray, member: np.ndarray) -> float:
    """A loop over targets, each against the other runs, with a centred fixed variance."""
    areas = []
    for target in range(len(scores)):
        others = np.arange(len(scores)) != target
        statistic = np.zeros(scores.shape[1])
        for sign, chosen in ((1.0, member[others]), (-1.0, ~member[others])):
            count = chosen.sum(axis=0)
            mean = np.where(chosen, scores[others], 0.0).sum(axis=0) / count
            squares = np.where(chosen, (scores[others] - mean) ** 2, 0.0).sum()
            deviation = np.sqrt(squares / (count - 1).sum())
            statistic += sign * stats.norm.logpdf(scores[target], mean, deviation)
        areas.append(roc_auc_score(member[target], statistic))
    return float(np.mean(areas))


PEERS: dict[str, tuple[str, Callable[..., float]]] = {
    "effective_rank": ("numpy svd", effective_rank),
    "rankme": ("numpy svd", rankme),
    "participation_ratio": ("numpy cov", participation_ratio),
    "feature_skewness": ("scipy", skewness),
    "feature_kurtosis": ("scipy", kurtosis),
    "linear_cka": ("numpy", linear_cka),
    "principal_angle_to_clean": ("scikit-learn randomised", principal_angle),
    "nc1": ("numpy pinv", nc1),
    "logme": ("numpy svd", logme),
    "frechet_from_samples": ("scipy sqrtm", frechet),
    "lira_online_auc": ("numpy loop", lira_online),
}
