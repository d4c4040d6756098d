"""How the age of a paper and its upvotes change its place among results by relevance.

A score says how well a paper's words fit. It is multiplied by a factor between OLDEST for old papers and 1 for new
ones, and a little more for upvotes. Both are small: they decide between papers that fit about equally well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log1p

from indexer.documents import DAY_SHIFT, Document, newest_key

# What is left of the score of a paper that is very old; half of the rest is lost every HALF_LIFE_DAYS.
OLDEST = 0.75
HALF_LIFE_DAYS = 3 * 365
# A hundred votes add 1.4 %.
VOTES = 0.003


def factor(day: int, upvotes: int, today: date) -> float:
    """The factor of a paper of `day`, an ordinal of its date, or 0 if it is unknown: it then counts as new."""
    age = max(0, today.toordinal() - day) if day else 0
    return OLDEST + (1 - OLDEST) * float(0.5 ** (age / HALF_LIFE_DAYS)) + VOTES * log1p(upvotes)


def reranked(scores: Sequence[float], newest_keys: Sequence[int], upvotes: Sequence[int], today: date) -> list[int]:
    """The indices of scored papers, the best first; with equal scores, the newest first, by `documents.newest_key`. So
    the order does not depend on which part of the index a paper is in."""
    ranks = [
        (-score * factor(key >> DAY_SHIFT, votes, today), -key, index)
        for index, (score, key, votes) in enumerate(zip(scores, newest_keys, upvotes, strict=True))
    ]
    return [index for _, _, index in sorted(ranks)]


# The latest of similar papers are chosen from so many times as many alike ones.
MOST_ALIKE = 4


def latest(documents: Sequence[Document], size: int) -> list[Document]:
    """The `size` latest of some documents."""
    return sorted(documents, key=newest_key, reverse=True)[:size]
