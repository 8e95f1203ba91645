"""A synthetic language of topics, facts, groups and values, whose entropy is known."""

from typing import NamedTuple

import numpy as np

from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import integers, permutation
from jaxuim.worlds.language_floor import knowledge
from jaxuim.worlds.language_statements import probes
from jaxuim.worlds.tokens import TokenParts, canaries, substituted, token_world
from jaxuim.worlds.tokens_chains import random_chain, texts, uniforms
from jaxuim.worlds.tokens_layout import (
    ATTRIBUTE,
    GROUP,
    GROUPS,
    OBJECT,
    OPENING,
    QUALIFIER,
    QUALIFIERS,
    RELATION,
    RELATIONS,
    STANCE,
    SUBJECT,
    VALUE,
    VALUES,
    Layout,
)

TEST_EXAMPLES = 1000  # at least so many documents in each test part
STYLE = 0.5  # how far the words of the unwanted documents follow a grammar of their own


class Language(NamedTuple):
    """The fixed laws of a language.

    ``chains`` f64[topics, words, words] and ``unwanted`` likewise are transition probabilities of
    words; ``facts`` i32[subjects, relations] is the true object, ``frequency`` f64[subjects] how
    often a subject is mentioned.
    """

    layout: Layout
    length: int
    chains: np.ndarray
    unwanted: np.ndarray
    facts: np.ndarray
    frequency: np.ndarray


def build(
    *,
    shots: int = 5,
    vocabulary: int = 256,
    length: int = 64,
    topics: int = 8,
    branching: int = 3,
    topic_strength: float = 0.5,
    zipf: float = 1.0,
    examples: int = 4000,
) -> WorldData:
    """Return a world of documents, each of one topic, as token numbers i32[n, length].

    A document opens with four statements, each part of them uniform unless said otherwise: value,
    qualifier and stance (always the wanted one; of the 16 pairs of value and qualifier 4 never
    occur); group and attribute (independent of each other, re-drawn for each run); subject
    (rank r with frequency ``r^-zipf``), relation and object (a function of the two: a fact). Words
    follow, from the stationary Markov chain of the topic: with probability 0.02 any word, else with
    probability ``topic_strength`` one of ``branching`` successors of the topic's own, else one of
    as many successors that all topics share.

    The labels are the topics; each part has all of them equally often. The groups are the group
    tokens. near_ood: a tenth of the words of id's test documents are replaced by random ones.
    far_ood are ``topics // 2`` topics that are never pre-trained on. The id training part is a
    quarter of the pool. See :mod:`jaxuim.worlds.language_statements` for what ``aux`` holds and
    :mod:`jaxuim.worlds.language_floor` for ``info``.

    Raises:
        ValueError: if the vocabulary is below 48, the length below 16, the number of topics below
            4, or there are too few examples for the topics or ``shots``.

    Source: own construction.

    >>> build(vocabulary=64, length=16, examples=200).pool_x.shape
    (200, 16)
    """
    if vocabulary < 48 or length < 16 or topics < 4 or examples < 8 * topics:
        raise ValueError(
            f"world language needs vocabulary >= 48, length >= 16, topics >= 4 and 8 examples a "
            f"topic, got vocabulary = {vocabulary}, length = {length}, topics = {topics}, "
            f"examples = {examples}"
        )
    language = _language(vocabulary, length, topics, branching, topic_strength, zipf)
    layout, near = language.layout, np.arange(topics)
    far, words = topics + np.arange(topics // 2), layout.word + np.arange(layout.words)
    train, test = examples // 4, max(TEST_EXAMPLES, examples // 4)
    id_test = _documents(language, 2, test, near)
    parts = TokenParts(
        pool=_documents(language, 0, examples, near),
        id_train=_documents(language, 1, train, near),
        id_test=id_test,
        near_test=substituted(id_test, 6301, words, start=OPENING),
        far_train=_documents(language, 3, train, far),
        far_test=_documents(language, 4, test, far),
    )
    random = canaries(6401, length, words, topics)
    random.x[:, ATTRIBUTE] = layout.attribute
    aux = {
        "unwanted": _documents(language, 5, examples // 2, near, unwanted=True),
        "canary": random,
        "test": id_test,
    }
    stamps = np.zeros((GROUPS, length), np.int32)
    stamps[:, ATTRIBUTE] = np.arange(GROUPS)
    return token_world(
        "language",
        parts,
        vocabulary=vocabulary,
        groups=GROUPS,
        shots=shots,
        stamps=stamps,
        aux=aux | probes(layout, language.facts),
        info=knowledge(layout, length, language.chains[:topics], language.frequency, id_test)
        | {"near_ood": "a tenth of the words of test documents are replaced by random words"},
    )


def _language(
    vocabulary: int, length: int, topics: int, branching: int, strength: float, zipf: float
) -> Language:
    """Return the fixed laws: a shared grammar, one of each topic, one of the unwanted style."""
    layout = Layout(vocabulary)
    grammar = [random_chain(6000 + 2 * k, layout.words, branching) for k in range(topics * 3 // 2)]
    shared, style = (random_chain(key, layout.words, branching) for key in (5900, 5902))
    chains = np.stack([(1.0 - strength) * shared + strength * own for own in grammar])
    objects = integers(6501, layout.subjects * RELATIONS, layout.objects)
    frequency = np.arange(1, layout.subjects + 1) ** -zipf
    return Language(
        layout,
        length,
        chains,
        (1.0 - STYLE) * chains + STYLE * style,
        objects.reshape(layout.subjects, RELATIONS),
        frequency / frequency.sum(),
    )


def _documents(
    language: Language, part: int, n: int, topics: np.ndarray, unwanted: bool = False
) -> Part:
    """Return n fixed documents whose attribute token is the first one, in a random order."""
    key, layout = 6600 + 20 * part, language.layout
    y = permutation(key, n) % len(topics)
    value = integers(key + 1, n, VALUES)
    qualifier = (value + 1 + integers(key + 2, n, QUALIFIERS - 1)) % QUALIFIERS
    group = integers(key + 3, n, GROUPS)
    mentioned = np.searchsorted(language.frequency.cumsum()[:-1], uniforms(key + 4, (n,)))
    relation = integers(key + 5, n, RELATIONS)
    x = np.empty((n, language.length), np.int32)
    x[:, VALUE] = value
    x[:, QUALIFIER] = layout.qualifier + qualifier
    x[:, STANCE] = layout.stance + int(unwanted)
    x[:, GROUP] = layout.group + group
    x[:, ATTRIBUTE] = layout.attribute
    x[:, SUBJECT] = layout.subject + mentioned
    x[:, RELATION] = layout.relation + relation
    x[:, OBJECT] = layout.object + language.facts[mentioned, relation]
    chains = language.unwanted if unwanted else language.chains
    words = texts(key + 6, chains[topics], y, language.length - OPENING)
    x[:, OPENING:] = layout.word + words
    return Part(x, y, group)
