"""Markov chains over words: fixed draws of chains and texts, their entropy, their likelihood."""

import numpy as np

from jaxuim.worlds.fixed import integers, normals, raw

SLIP = 0.02  # with this probability any word follows, so that every chain is ergodic


def uniforms(key: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return fixed uniform numbers f64[shape] in (0, 1).

    >>> bool((uniforms(0, (3,)) < 1).all())
    True
    """
    words = raw(key, int(np.prod(shape))).reshape(shape)
    return np.asarray(((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def random_chain(key: int, words: int, branching: int) -> np.ndarray:
    """Return fixed transition probabilities f64[words, words].

    Each word has ``branching`` successors (some may coincide) with log-normal weights; with
    probability 0.02 any word follows.

    >>> random_chain(0, 5, 2).sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    successors = integers(key, words * branching, words).reshape(words, branching)
    weights = np.exp(normals(key + 1, (words, branching)))
    chain = np.zeros((words, words))
    np.add.at(chain, (np.arange(words)[:, None], successors), weights)
    chain /= chain.sum(axis=1, keepdims=True)
    return np.asarray((1.0 - SLIP) * chain + SLIP / words)


def stationary(chain: np.ndarray) -> np.ndarray:
    """Return the distribution f64[words] that an ergodic chain leaves unchanged.

    >>> stationary(np.array([[0.5, 0.5], [1.0, 0.0]])).round(3).tolist()
    [0.667, 0.333]
    """
    ones = np.ones((len(chain), len(chain)))
    found = np.linalg.solve((np.eye(len(chain)) - chain + ones).T, ones[0])
    positive = np.maximum(found, 0.0)
    return np.asarray(positive / positive.sum())


def entropy(p: np.ndarray) -> float:
    """Return ``-sum p log p`` in nats; 0 log 0 is 0.

    >>> round(entropy(np.array([0.5, 0.5, 0.0])), 4)
    0.6931
    """
    positive = p[p > 0]
    return float(-(positive * np.log(positive)).sum())


def entropy_rate(chain: np.ndarray) -> float:
    """Return the entropy of the next word given the present one, in nats: ``sum_i pi_i H(P_i)``.

    Source: Cover and Thomas, Elements of Information Theory, theorem 4.2.4.

    >>> round(entropy_rate(np.full((4, 4), 0.25)), 4)
    1.3863
    """
    return float(sum(p * entropy(row) for p, row in zip(stationary(chain), chain, strict=True)))


def texts(key: int, chains: np.ndarray, which: np.ndarray, length: int) -> np.ndarray:
    """Return fixed texts i32[n, length], the i-th from the stationary ``chains[which[i]]``.

    >>> texts(0, np.full((1, 3, 3), 1 / 3), np.zeros(2, int), 4).shape
    (2, 4)
    """
    draws = uniforms(key, (length, len(which)))
    first = np.stack([stationary(chain) for chain in chains]).cumsum(axis=1)
    steps = chains.cumsum(axis=2)
    text = np.empty((len(which), length), np.int32)
    text[:, 0] = _inverse(first[which], draws[0])
    for t in range(1, length):
        text[:, t] = _inverse(steps[which, text[:, t - 1]], draws[t])
    return text


def _inverse(cumulative: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the number of the first cumulative probability above u, row by row."""
    return np.asarray((cumulative[:, :-1] <= u[:, None]).sum(axis=1))


def log_likelihood(chains: np.ndarray, text: np.ndarray) -> np.ndarray:
    """Return f64[n, chains]: the log-probability of each text i32[n, length] under each chain.

    >>> log_likelihood(np.full((1, 2, 2), 0.5), np.zeros((1, 3), int)).round(4).tolist()
    [[-2.0794]]
    """
    first = np.stack([stationary(chain) for chain in chains])
    with np.errstate(divide="ignore"):
        start, steps = np.log(first[:, text[:, 0]]), np.log(chains[:, text[:, :-1], text[:, 1:]])
    return np.asarray((start + steps.sum(axis=2)).T)
