"""Markov chains: entropy by enumeration and by a long sequence, stationary law, likelihood."""

import itertools

import numpy as np
import pytest

from jaxuim.worlds.tokens_chains import (
    entropy,
    entropy_rate,
    log_likelihood,
    random_chain,
    stationary,
    texts,
)


@pytest.fixture(scope="module")
def tiny() -> np.ndarray:
    return np.stack([random_chain(key, 3, 2) for key in (10, 20)])


def test_the_entropy_of_a_text_is_that_of_all_texts(tiny: np.ndarray) -> None:
    every = np.array(list(itertools.product(range(3), repeat=5)))
    for k, chain in enumerate(tiny):
        p = np.exp(log_likelihood(tiny, every)[:, k])
        np.testing.assert_allclose(p.sum(), 1.0, rtol=1e-9)
        closed = entropy(stationary(chain)) + 4 * entropy_rate(chain)
        np.testing.assert_allclose(entropy(p), closed, rtol=1e-9)


def test_the_stationary_law_stays(tiny: np.ndarray) -> None:
    for chain in (*tiny, random_chain(0, 40, 3)):
        np.testing.assert_allclose(stationary(chain) @ chain, stationary(chain), atol=1e-12)


def test_a_long_text_has_the_stated_entropy_rate() -> None:
    chain = random_chain(0, 20, 3)
    text = texts(1, chain[None], np.zeros(400, int), 500)
    lost = -np.log(chain[text[:, :-1], text[:, 1:]]).mean(axis=1)  # of independent texts
    assert abs(lost.mean() - entropy_rate(chain)) < 4 * lost.std() / np.sqrt(len(lost))


def test_texts_follow_their_chain_from_its_stationary_law() -> None:
    chains = 0.5 * np.stack([random_chain(key, 4, 2) for key in (0, 2)]) + 0.125
    n = 20_000
    text = texts(3, chains, np.arange(n) % 2, 3)
    for k, chain in enumerate(chains):
        own = text[k::2]
        for t in range(3):
            seen = np.bincount(own[:, t], minlength=4) / len(own)
            p = stationary(chain)
            assert np.all(np.abs(seen - p) < 5 * np.sqrt(p * (1 - p) / len(own)))
        follows = np.zeros((4, 4))
        np.add.at(follows, (own[:, 0], own[:, 1]), 1)
        size = follows.sum(axis=1, keepdims=True)
        assert size.min() > 100
        assert np.all(np.abs(follows / size - chain) < 5 * np.sqrt(chain * (1 - chain) / size))


def test_an_impossible_text_has_no_likelihood() -> None:
    chain = np.array([[[0.0, 1.0], [1.0, 0.0]]])
    assert log_likelihood(chain, np.array([[0, 0]]))[0, 0] == -np.inf
