"""The matrices themselves: gradient flow from small weights, and noise on all of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]
_BATCH = 512  # repetitions whose matrices are held at once


class Network(NamedTuple):
    """Weights W1 (hidden, d_in), W2 (d_out, hidden), the target, and its singular directions."""

    first: Array
    second: Array
    target: Array
    left: Array
    right: Array


class Noise(NamedTuple):
    """What the loss needs of drawn perturbations U1, U2, each of shape (repetitions, ...).

    ``diagonal`` (modes,) is U1_ii + U2_ii, ``lengths`` (modes,) the squared length of row i of U1
    plus that of column i of U2, ``cross`` (modes, modes) U1_ij U2_ij, ``product`` (modes,) the
    diagonal of N = U2 U1, ``pull`` (modes,) row i of U1 times row i of N plus column i of U2 times
    column i of N, ``square`` () the sum of N^2.
    """

    diagonal: Array
    lengths: Array
    cross: Array
    product: Array
    pull: Array
    square: Array


def small_network(
    rng: np.random.Generator,
    targets: Sequence[float],
    start: float,
    d_in: int,
    d_out: int,
    hidden: int,
) -> Network:
    """Return balanced weights of strength ``start``, aligned with a target in random directions."""
    modes = len(targets)
    left = np.linalg.qr(rng.standard_normal((d_out, modes)))[0]
    right = np.linalg.qr(rng.standard_normal((d_in, modes)))[0]
    middle = np.linalg.qr(rng.standard_normal((hidden, modes)))[0]
    root = np.sqrt(start)
    target = left @ np.diag(targets) @ right.T
    return Network(root * middle @ right.T, root * left @ middle.T, target, left, right)


def flow(network: Network, times: Sequence[float], target: Array | None = None) -> list[Network]:
    """Return the network at each time of gradient flow on half the squared distance."""
    goal = network.target if target is None else target
    cut, shapes = network.first.size, (network.first.shape, network.second.shape)

    def weights(state: Array) -> tuple[Array, Array]:
        return state[:cut].reshape(shapes[0]), state[cut:].reshape(shapes[1])

    def rate(_: float, state: Array) -> Array:
        first, second = weights(state)
        gap = goal - second @ first
        return np.concatenate([(second.T @ gap).ravel(), (gap @ first.T).ravel()])

    begun = np.concatenate([network.first.ravel(), network.second.ravel()])
    span = (0.0, float(max(times)))
    found = solve_ivp(rate, span, begun, method="DOP853", t_eval=times, rtol=1e-11, atol=1e-13)
    return [
        network._replace(first=first, second=second) for first, second in map(weights, found.y.T)
    ]


def expected_loss(network: Network, noise: float) -> float:
    """Return the loss expected under noise on the weights as they are, balanced or not."""
    hidden, d_in = network.first.shape
    d_out = len(network.second)
    gap = network.second @ network.first - network.target
    penalty = d_in * np.sum(network.second**2) + d_out * np.sum(network.first**2)
    return float(np.sum(gap**2) + noise**2 * penalty + noise**4 * d_in * d_out * hidden)


def noisy_losses(
    rng: np.random.Generator, network: Network, noises: ArrayLike, repetitions: int
) -> Array:
    """Return the loss of perturbed weights, shape (repetitions, noises), draws shared."""
    levels = np.asarray(noises, dtype=np.float64)
    out = np.empty((repetitions, len(levels)))
    for begun in range(0, repetitions, _BATCH):
        count = min(_BATCH, repetitions - begun)
        one = rng.standard_normal((count, *network.first.shape))
        two = rng.standard_normal((count, *network.second.shape))
        for column, level in enumerate(levels):
            product = (network.second + level * two) @ (network.first + level * one)
            out[begun : begun + count, column] = np.sum((product - network.target) ** 2, (1, 2))
    return out


def draw_noise(
    rng: np.random.Generator, repetitions: int, modes: int, d_in: int, d_out: int, hidden: int
) -> Noise:
    """Return what the loss at all times and noise levels needs of perturbations.

    Gaussian noise looks the same in the singular directions of the weights, where W1 and W2 are
    diagonal: the loss is a polynomial in noise and in the roots of the strengths.
    """
    blocks = []
    for begun in range(0, repetitions, _BATCH):
        count = min(_BATCH, repetitions - begun)
        one = rng.standard_normal((count, hidden, d_in))
        two = rng.standard_normal((count, d_out, hidden))
        both = two @ one
        rows, columns = one[:, :modes], two[:, :, :modes]
        square = np.einsum("rij,rij->ri", rows, rows) + np.einsum("rji,rji->ri", columns, columns)
        pull = np.einsum("rij,rij->ri", rows, both[:, :modes])
        pull = pull + np.einsum("rji,rji->ri", columns, both[:, :, :modes])
        inner = rows[:, :, :modes], columns[:, :modes]
        blocks.append(
            Noise(
                diagonal=np.einsum("rii->ri", inner[0] + inner[1]),
                lengths=square,
                cross=inner[0] * inner[1],
                product=np.einsum("rii->ri", both[:, :modes, :modes]),
                pull=pull,
                square=np.einsum("rij,rij->r", both, both),
            )
        )
    return Noise(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def one_mode_noise(
    rng: np.random.Generator, repetitions: int, draws: int, d_in: int, d_out: int, hidden: int
) -> Noise:
    """Return perturbations as one mode sees them, each the mean of so many draws, exactly in law.

    For differences between strengths, averaged over a perturbation and its negative: ``pull`` and
    ``square``, which drop out there, are 0.
    """
    shape = (repetitions, draws)
    one, two, other = rng.standard_normal((3, *shape))
    lengths = one**2 + two**2 + rng.chisquare(d_in + d_out - 2, shape)
    product = one * two + other * np.sqrt(rng.chisquare(hidden - 1, shape))
    nothing = np.zeros(repetitions)
    means = [part.mean(1)[:, None] for part in (one + two, lengths, one * two, product)]
    return Noise(means[0], means[1], means[2][:, None], means[3], nothing[:, None], nothing)


def loss_powers(drawn: Noise, strengths: ArrayLike, targets: ArrayLike) -> Array:
    """Return the coefficients of noise^0 to noise^4 of the loss, shape (repetitions, times, 5).

    Args:
        drawn: perturbations, see ``draw_noise``; they may be means over several draws.
        strengths: singular values of the product, shape (times, modes).
        targets: those of the target, shape (modes,).
    """
    s = np.asarray(strengths, dtype=np.float64)
    gap, root = s - np.asarray(targets), np.sqrt(s)
    pairs = np.einsum("ti,tj->tij", root, root)
    zero = np.broadcast_to(np.sum(gap**2, axis=1), (len(drawn.square), len(s)))
    one = 2 * drawn.diagonal @ (gap * root).T
    two = drawn.lengths @ s.T + 2 * np.einsum("rij,tij->rt", drawn.cross, pairs, optimize=True)
    two = two + 2 * drawn.product @ gap.T
    three = 2 * drawn.pull @ root.T
    four = np.broadcast_to(drawn.square[:, None], zero.shape)
    return np.stack([zero, one, two, three, four], axis=-1)
