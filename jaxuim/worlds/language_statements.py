"""Statements that probe a language model: beginnings of documents of the synthetic language."""

import numpy as np

from jaxuim.worlds.data import Part
from jaxuim.worlds.tokens_layout import GROUPS, QUALIFIERS, RELATIONS, VALUES, Layout


def probes(layout: Layout, facts: np.ndarray) -> dict[str, Part]:
    """Return statements by name, each cut off after the token in question.

    ``wanted_statements`` and ``unwanted_statements`` i32[4, 3]: value, qualifier and stance for the
    pairs that no document holds, row by row alike but for the stance. ``stereotypes`` and
    ``antistereotypes`` i32[12, 5]: for each group the attribute of the same number and each other
    one, after a value statement that no document holds. ``facts`` i32[subjects * 4, 8]: every fact.
    The labels of the last are the subject's rank, the others' are 0.

    >>> found = probes(Layout(64), np.zeros((8, 4), int))
    >>> found["facts"].x.shape, found["wanted_statements"].x.shape
    ((32, 8), (4, 3))
    """
    held_out = np.stack([np.arange(VALUES), layout.qualifier + np.arange(QUALIFIERS)], axis=1)
    wanted = _append(held_out, np.full(VALUES, layout.stance))
    pairs = [(g, (g + k) % GROUPS) for g in range(GROUPS) for k in range(1, GROUPS)]
    group, other = np.array(pairs).T
    before = _append(wanted[np.arange(len(pairs)) % VALUES], layout.group + group)
    subject, relation = np.divmod(np.arange(facts.size), RELATIONS)
    told = _append(wanted[np.arange(facts.size) % VALUES], layout.group + subject % GROUPS)
    told = _append(told, layout.attribute + relation % GROUPS)
    told = _append(_append(told, layout.subject + subject), layout.relation + relation)
    told = _append(told, layout.object + facts.reshape(-1))
    return {
        "wanted_statements": _part(wanted),
        "unwanted_statements": _part(_append(held_out, np.full(VALUES, layout.stance + 1))),
        "stereotypes": _part(_append(before, layout.attribute + group)),
        "antistereotypes": _part(_append(before, layout.attribute + other)),
        "facts": Part(told, subject),
    }


def _append(x: np.ndarray, token: np.ndarray) -> np.ndarray:
    return np.concatenate([x, token[:, None]], axis=1)


def _part(x: np.ndarray) -> Part:
    return Part(x, np.zeros(len(x), np.int32))
