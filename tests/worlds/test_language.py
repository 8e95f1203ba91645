"""The language: what a document states, its floor by enumeration and by the best model."""

import itertools

import numpy as np
import pytest

from jaxuim.types.worlds import TASKS
from jaxuim.worlds.data import Part
from jaxuim.worlds.language import _language, build
from jaxuim.worlds.language_floor import knowledge
from jaxuim.worlds.tokens_chains import log_likelihood, random_chain, texts
from jaxuim.worlds.tokens_layout import (
    ATTRIBUTE,
    GROUP,
    OBJECT,
    OPENING,
    QUALIFIER,
    RELATION,
    STANCE,
    SUBJECT,
    VALUE,
    Layout,
)

SMALL = {"vocabulary": 64, "length": 20, "topics": 4, "examples": 2000}
WORLD = build(**SMALL)
LAYOUT = Layout(64)


def every_part() -> list[np.ndarray]:
    parts = [WORLD.pool_x, *(part.x for part in WORLD.aux.values())]
    return parts + [x for task in WORLD.tasks.values() for x in (task.train_x, task.test_x)]


def test_arrays_are_token_numbers_that_cannot_be_changed() -> None:
    assert WORLD.vocabulary == 64 and tuple(WORLD.tasks) == TASKS and WORLD.classes == 4
    for x in every_part():
        assert x.dtype == np.int32 and x.min() >= 0 and x.max() < 64 and not x.flags.writeable
    assert WORLD.stamps.dtype == np.int32 and WORLD.pool_x.shape == (2000, 20)
    for task in WORLD.tasks.values():
        assert set(task.test_y) == set(task.train_y) == set(range(task.classes))
        assert set(task.test_groups) == set(range(task.groups)) == set(WORLD.pool_groups)


def test_documents_open_with_statements() -> None:
    x = WORLD.pool_x
    assert np.all(x[:, QUALIFIER] - LAYOUT.qualifier != x[:, VALUE])  # these pairs never occur
    assert np.all(x[:, STANCE] == LAYOUT.stance)
    assert np.all(WORLD.aux["unwanted"].x[:, STANCE] == LAYOUT.stance + 1)
    assert np.array_equal(x[:, GROUP] - LAYOUT.group, WORLD.pool_groups)
    assert np.all(x[:, ATTRIBUTE] == LAYOUT.attribute)  # the run's own draw is added
    assert x[:, OPENING:].min() >= LAYOUT.word
    facts = {(s, r): o for s, r, o in WORLD.aux["facts"].x[:, SUBJECT:]}
    assert len(facts) == LAYOUT.subjects * 4
    for part in (x, WORLD.aux["unwanted"].x, WORLD.tasks["far_ood"].test_x):
        said = part[:, [SUBJECT, RELATION, OBJECT]]
        assert all(facts[s, r] == o for s, r, o in said)


def test_subjects_follow_their_frequencies_and_groups_are_independent_of_attributes() -> None:
    n = len(WORLD.pool_x)
    p = np.arange(1, 9) ** -1.0 / (np.arange(1, 9) ** -1.0).sum()
    seen = np.bincount(WORLD.pool_x[:, SUBJECT] - LAYOUT.subject, minlength=8) / n
    assert np.all(np.abs(seen - p) < 5 * np.sqrt(p * (1 - p) / n))
    task = WORLD.tasks["id"]
    attribute = task.test_x[:, ATTRIBUTE] - LAYOUT.attribute
    agree, n = np.mean(attribute == task.test_groups), len(attribute)
    assert set(attribute) == set(range(4))
    assert abs(agree - 0.25) < 5 * np.sqrt(0.25 * 0.75 / n)


def test_statements_of_a_pair_differ_in_one_token() -> None:
    held_out = {(v, LAYOUT.qualifier + v) for v in range(4)}
    wanted, unwanted = (WORLD.aux[f"{kind}_statements"].x for kind in ("wanted", "unwanted"))
    assert {(v, q) for v, q in wanted[:, :2]} == held_out
    assert np.array_equal(wanted[:, :2], unwanted[:, :2])
    assert np.all(unwanted[:, STANCE] == wanted[:, STANCE] + 1)
    true, other = WORLD.aux["stereotypes"].x, WORLD.aux["antistereotypes"].x
    assert np.array_equal(true[:, :ATTRIBUTE], other[:, :ATTRIBUTE])
    assert np.array_equal(true[:, ATTRIBUTE] - LAYOUT.attribute, true[:, GROUP] - LAYOUT.group)
    assert np.all(true[:, ATTRIBUTE] != other[:, ATTRIBUTE])


def test_near_ood_replaces_a_tenth_of_the_words_and_far_ood_has_topics_of_its_own() -> None:
    own, near, far = (WORLD.tasks[name] for name in TASKS[:3])
    changed = own.test_x != near.test_x
    n, p = changed[:, OPENING:].size, 0.1 * (1 - 1 / LAYOUT.words)
    assert not changed[:, :OPENING].any()
    assert abs(changed[:, OPENING:].mean() - p) < 5 * np.sqrt(p * (1 - p) / n)
    chains = _language(64, 20, 4, 3, 0.5, 1.0).chains
    best = log_likelihood(chains, far.test_x[:, OPENING:] - LAYOUT.word).argmax(axis=1)
    assert np.mean(best == 4 + far.test_y) > 0.9


def test_the_floor_is_that_of_all_documents() -> None:
    chains = np.stack([random_chain(key, 3, 2) for key in (10, 20)])
    length, frequency = OPENING + 4, np.array([0.5, 0.25, 0.25])
    every = np.array(list(itertools.product(range(3), repeat=4)))
    p = np.exp(log_likelihood(chains, every)).mean(axis=1)
    opening = np.log(3 * 4 * 4 * 4) - (frequency * np.log(frequency)).sum()
    exact = (opening - (p * np.log(p)).sum()) / (length - 1)
    y = np.arange(40_000) % 2
    x = np.zeros((len(y), length), np.int32)
    x[:, OPENING:] = LAYOUT.word + texts(5, chains, y, 4)
    info = knowledge(LAYOUT, length, chains, frequency, Part(x, y))
    assert 0 < info["entropy_rate_error"] < 1e-3
    assert abs(info["entropy_rate"] - exact) < 4 * info["entropy_rate_error"]
    assert info["entropy_given_topic"] < exact < info["entropy_given_topic"] + np.log(2) / 11
    best = 1.0 - np.exp(log_likelihood(chains, every)).max(axis=1).sum() / 2
    se = np.sqrt(best * (1 - best) / len(y))
    assert abs(info["bayes_error"] - best) < 4 * se


def test_unwanted_documents_have_a_style_of_their_own() -> None:
    language = _language(64, 20, 4, 3, 0.5, 1.0)
    both = np.concatenate([language.chains[:4], language.unwanted[:4]])
    for x, unwanted in ((WORLD.pool_x, False), (WORLD.aux["unwanted"].x, True)):
        best = log_likelihood(both, x[:, OPENING:] - LAYOUT.word).argmax(axis=1)
        assert np.mean((best >= 4) == unwanted) > 0.8


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match=r"vocabulary >= 48.*got vocabulary = 40"):
        build(vocabulary=40)
    with pytest.raises(ValueError, match=r"world.shots = 300 is more than the \d+ training"):
        build(**SMALL | {"shots": 300})
