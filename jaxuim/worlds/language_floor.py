"""The lowest loss that a model of the synthetic language can reach, and the best classifier."""

import math

import numpy as np

from jaxuim.worlds.data import Part
from jaxuim.worlds.tokens_chains import entropy, entropy_rate, log_likelihood, stationary
from jaxuim.worlds.tokens_layout import GROUPS, OPENING, QUALIFIERS, RELATIONS, Layout


def knowledge(
    layout: Layout, length: int, chains: np.ndarray, frequency: np.ndarray, documents: Part
) -> dict[str, float | str]:
    """Return what is known of a language's entropy, in nats per predicted token.

    Documents have T tokens, of which all but the first are predicted. Given the topic their
    entropy is closed: that of the statements, of the first word (stationary law) and of T - 9
    transitions. A model must find the topic out, which costs the mutual information of topic and
    document, ``log K - E[H(topic | document)]``: at most log K. The expectation is the mean over
    ``documents`` of the exact posterior's entropy, all but 0, hence its small standard error.

    Args:
        layout: the token numbers.
        length: T.
        chains: f64[K, words, words], transition probabilities of each topic.
        frequency: f64[subjects], how often each is mentioned.
        documents: new documents of these topics, equally frequent.

    Returns:
        ``entropy_rate``, the floor of next_token at level 0, and its standard error
        ``entropy_rate_error``; ``entropy_given_topic``, the floor of a model that is told the
        topic; ``word_entropy``, the entropy rate of the words' chains; ``bayes_error``, the error
        of the best classifier of topics on ``documents``.

    Source: chain rule; Cover and Thomas, Elements of Information Theory, chapters 2 and 4.
    """
    statements = math.log(QUALIFIERS - 1) + 2 * math.log(GROUPS) + math.log(RELATIONS)
    statements += entropy(frequency)
    first = float(np.mean([entropy(stationary(chain)) for chain in chains]))
    rate = float(np.mean([entropy_rate(chain) for chain in chains]))
    given = statements + first + (length - OPENING - 1) * rate
    log_p = log_likelihood(chains, documents.x[:, OPENING:] - layout.word)
    posterior = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    doubt = np.array([entropy(row) for row in posterior])
    predicted = length - 1
    error = posterior.argmax(axis=1) != documents.y
    return {
        "entropy_rate": (given + math.log(len(chains)) - float(doubt.mean())) / predicted,
        "entropy_rate_error": float(doubt.std()) / math.sqrt(len(doubt)) / predicted,
        "entropy_given_topic": given / predicted,
        "word_entropy": rate,
        "bayes_error": float(error.mean()),
    }
