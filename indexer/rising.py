"""Rising terms: words and pairs of words that stand in titles more often than they did before.

The measure is the log-likelihood ratio of two proportions (Dunning 1993), of papers whose title has the term.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from indexer.analysis import EXACT, terms
from indexer.documents import Document
from indexer.function_words import ENGLISH

_LEAST_PAPERS = 5


@dataclass(frozen=True, slots=True)
class RisingTerm:
    """A term, and the share of titles that have it now and had it before, in parts of a thousand."""

    text: str
    papers: int
    now: float
    before: float


def rising(now: Iterable[Document], before: Iterable[Document], size: int) -> list[RisingTerm]:
    """Up to `size` terms that titles have more often `now` than `before`, the most telling first."""
    now_counts, now_total = _counts(now)
    before_counts, before_total = _counts(before)
    if not now_total or not before_total:
        return []
    scored = [
        (_likelihood_ratio(count, now_total, before_counts[term], before_total), term)
        for term, count in now_counts.items()
        if count >= _LEAST_PAPERS and count / now_total > before_counts[term] / before_total
    ]
    chosen: list[str] = []
    # Of those that say as much, the longest.
    for _, term in sorted(scored, key=lambda pair: (-round(pair[0], 6), -len(pair[1]), pair[1])):
        # "large language" says nothing beside "large language models".
        if not any(f" {term} " in f" {other} " or f" {other} " in f" {term} " for other in chosen):
            chosen.append(term)
        if len(chosen) == size:
            break
    return [
        RisingTerm(
            term, now_counts[term], 1000 * now_counts[term] / now_total, 1000 * before_counts[term] / before_total
        )
        for term in chosen
    ]


def _counts(documents: Iterable[Document]) -> tuple[Counter[str], int]:
    """In how many titles each term is, and how many titles there are."""
    counts: Counter[str] = Counter()
    total = 0
    for document in documents:
        total += 1
        counts.update(set(_terms(document.title.get("en", ""))))
    return counts, total


def _terms(title: str) -> Sequence[str]:
    """The words of a title, and what two or three of them say together, without words that say nothing."""
    words = terms(title, EXACT)
    groups = (words[start : start + length] for length in (1, 2, 3) for start in range(len(words) - length + 1))
    return [
        " ".join(group)
        for group in groups
        if not any(word in ENGLISH or len(word) < 2 or word.isdigit() for word in group)
    ]


def _likelihood_ratio(count: int, total: int, other_count: int, other_total: int) -> float:
    share = (count + other_count) / (total + other_total)

    def part(found: int, papers: int) -> float:
        own = found / papers
        lost = papers - found
        return (found * log(own / share) if found else 0.0) + (lost * log((1 - own) / (1 - share)) if lost else 0.0)

    return part(count, total) + part(other_count, other_total)
