"""The Bayes error of hierarchical Gaussian classes on orthogonal axes, by quadrature."""

import numpy as np

_NODES = 97  # trapezoidal nodes on [-8, 8] standard deviations: error below 1e-10


def bayes_error(
    super_signal: float, sub_signal: float, superclasses: int, subclasses: int
) -> float:
    """Return the smallest possible error on S J equally frequent hierarchical classes.

    The signals a and b are in units of the noise: class (s, j) has mean ``a e_s + b e_(s,j)`` and
    unit covariance. All means have the same length, so the best classifier takes the largest of
    ``a z_s + b z_(s,j)``, z being the coordinates: in each superclass the largest z_(s,j), then the
    best superclass. For an example of class (1, 1) with ``z_1 = a + x`` and
    ``z_(1,1) = u = b + v``, x and v standard normal, it is right iff ``u > max_(j>1) z_(1,j)`` and
    ``a z_1 + b u > W_s`` for every other superclass, where the ``W_s = a z_s + b max_j z_(s,j)`` of
    pure noise are independent with distribution function F:

        P(right) = E_u[ Phi(u)^(J-1) E_x[ F(a (a + x) + b u)^(S-1) ] ]
        F(w) = E_M[ Phi((w - b M)/a) ] = E_x[ Phi((w - a x)/b)^J ]

    with M the largest of J standard normals. The first form of F is smooth for a >= b, the second
    for b >= a. At b = 0 subclasses cannot be told apart and P(right) falls by the factor 1/J.

    Raises:
        ValueError: if a signal is negative or not finite, or there are fewer than 1 classes.

    Source: derived here; checked against Monte Carlo in the tests.

    >>> round(bayes_error(0.0, 0.0, 2, 2), 6)
    0.75
    """
    from scipy.special import ndtr

    a, b, s, j = super_signal, sub_signal, superclasses, subclasses
    if not (np.isfinite([a, b]).all() and min(a, b) >= 0.0 and min(s, j) >= 1):
        raise ValueError(
            f"signals must be finite and at least 0 and class counts at least 1, "
            f"got {a}, {b} and {s}, {j}"
        )
    if a == b == 0.0:
        return 1.0 - 1.0 / (s * j)
    x = np.linspace(-8.0, 8.0, _NODES)
    density = np.exp(-(x**2) / 2)
    density /= density.sum()
    if b == 0.0:
        return float(1.0 - density @ ndtr(a + x) ** (s - 1) / j)
    p, q = a / max(a, b), b / max(a, b)  # scores in units of the larger signal, however small
    score = p * (a + x)[None, :] + q * (b + x)[:, None]
    beaten = _best_of_other(score, p, q, j, x, density) ** (s - 1)
    return float(max(0.0, 1.0 - density @ (ndtr(b + x) ** (j - 1) * (beaten @ density))))


def _best_of_other(
    w: np.ndarray, a: float, b: float, j: int, x: np.ndarray, density: np.ndarray
) -> np.ndarray:
    """Return F(w), the distribution function of a superclass that the example is not in."""
    from scipy.special import ndtr

    total = np.zeros_like(w)
    if a >= b:
        top = density * j * ndtr(x) ** (j - 1)
        for node, weight in zip(x, top, strict=True):
            total += weight * ndtr((w - b * node) / a)
    else:
        for node, weight in zip(x, density, strict=True):
            total += weight * ndtr((w - a * node) / b) ** j
    return np.clip(total, 0.0, 1.0)
