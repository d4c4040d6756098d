"""Puts each paper under the one topic that fits it best, so that the numbers of the topics add up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from indexer.documents import Document
from indexer.highlight import Highlighter
from indexer.query.tree import Query

# What a word of the topic weighs in the title, and in the abstract.
_IN_TITLE, _IN_ABSTRACT = 3, 1
_MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """The topic of a paper, None where none fits; the words that put it there; the other topics that fit."""

    topic: str | None
    reasons: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Grouping:
    """Places papers among topics. `members` are the ids of the papers of each: an engine finds them faster than each
    paper is compared with each topic. Of two topics that fit equally well, the first counts."""

    def __init__(self, queries: Mapping[str, Query], members: Mapping[str, Collection[str]]) -> None:
        self._members = members
        self._highlighters = {name: Highlighter(query) for name, query in queries.items()}

    def place(self, document: Document) -> Placed:
        fitting = {name: self._words(name, document) for name, ids in self._members.items() if document.id in ids}
        if not fitting:
            return Placed(None)
        best = max(fitting, key=lambda name: sum(fitting[name].values()))
        words = sorted(fitting[best], key=lambda word: -fitting[best][word])
        return Placed(best, tuple(words[:_MOST_REASONS]), tuple(name for name in fitting if name != best))

    def _words(self, topic: str, document: Document) -> dict[str, int]:
        """The words of a topic that a paper has → what they weigh, in the order in which they stand."""
        weights: dict[str, int] = {}
        spans = self._highlighters[topic].spans(document)
        for field, weight in (("title", _IN_TITLE), ("abstract", _IN_ABSTRACT)):
            text = getattr(document, field).get(document.language, "")
            for word in _texts(text, spans.get(f"{field}_{document.language}", ())):
                weights.setdefault(word.lower(), weight)
        return weights


def _texts(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[str]:
    """The marked parts; those with only a blank between them are one."""
    end = -2
    start = 0
    for first, last in sorted(spans):
        if end >= 0 and text[end:first].strip(" -") == "":
            end = last
            continue
        if end >= 0:
            yield text[start:end]
        start, end = first, last
    if end >= 0:
        yield text[start:end]
