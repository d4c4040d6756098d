"""Which parts of a stored text a Query matched: one way for every engine.

An engine's own highlighter marks every term anywhere (single Han characters outside of the phrase, terms
under a NOT) and knows no prefixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.analysis import EXACT, offsets, terms
from indexer.documents import BY_LANGUAGE, Document
from indexer.query.matching import analysis_of, occurrences, prefix_term
from indexer.query.tree import DEFAULT_FIELDS, And, InField, Near, Not, Or, Phrase, Prefix, Query, Word
from indexer.results import Span

# Single-valued fields only: spans are offsets into one text.
HIGHLIGHTED = (*BY_LANGUAGE, "comments")


@dataclass(frozen=True, slots=True)
class _Leaf:
    words: tuple[str, ...]
    gap: int
    prefix: bool
    fields: Sequence[str]


def _leaves(query: Query, fields: Sequence[str] = DEFAULT_FIELDS) -> Iterator[_Leaf]:
    match query:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _leaves(part, fields)
        case InField(field, part):
            yield from _leaves(part, (field,))
        case Word(text) | Phrase(text):
            yield _Leaf((text,), 0, False, fields)
        case Near(words, gap):
            yield _Leaf(words, gap, False, fields)
        case Prefix(text):
            yield _Leaf((text,), 0, True, fields)
        case Not(_) | _:
            return


class Highlighter:
    """Marks documents for one query; analyses the query once."""

    def __init__(self, query: Query) -> None:
        self._prefixes: dict[str, list[str]] = {}
        self._groups: dict[str, list[tuple[list[list[str]], int]]] = {}
        for leaf in _leaves(query):
            for field in leaf.fields:
                if field not in HIGHLIGHTED:
                    continue
                if leaf.prefix:
                    start = prefix_term(leaf.words[0])
                    self._prefixes.setdefault(field, []).extend([start] if start else [])
                else:
                    groups = [terms(word, analysis_of(field)) for word in leaf.words]
                    self._groups.setdefault(field, []).append((groups, leaf.gap))

    def spans(self, document: Document) -> dict[str, tuple[Span, ...]]:
        """The matched parts of each text, by field and language (`title_en`); texts without any are left out."""
        if not self._prefixes and not self._groups:
            return {}
        texts = [
            (name, f"{name}_{language}", text)
            for name in BY_LANGUAGE
            for language, text in getattr(document, name).items()
        ]
        texts += [("comments", "comments", document.comments)] if document.comments else []
        spans_by_key = {key: _merged(self._in_text(field, text)) for field, key, text in texts}
        return {key: spans for key, spans in spans_by_key.items() if spans}

    def _in_text(self, field: str, text: str) -> list[Span]:
        places: list[list[int]] = []
        if groups := self._groups.get(field):
            text_terms = terms(text, analysis_of(field))
            for term_groups, gap in groups:
                places += occurrences(text_terms, term_groups, gap)
        if starts := self._prefixes.get(field):
            text_terms = terms(text, EXACT)
            places += [[position] for position, term in enumerate(text_terms) if term.startswith(tuple(starts))]
        return (
            _spans(places, offsets(text, {position for occurrence in places for position in occurrence}))
            if places
            else []
        )


def _spans(places: list[list[int]], span_by_position: Mapping[int, Span]) -> list[Span]:
    """One span for tokens next to each other, so that a phrase is marked as one."""
    spans: list[Span] = []
    for occurrence in places:
        previous = None
        for position in occurrence:
            start, end = span_by_position[position]
            if previous is not None and position == previous + 1:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
            previous = position
    return spans


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
