"""Which parts of a stored text a Query matched: one way for every engine.

An engine's own highlighter marks every term anywhere (single Han characters outside of the phrase, terms
under a NOT) and knows no prefixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.analysis import EXACT, Token, terms, tokens_of_values
from indexer.documents import Document, Span, text_values
from indexer.query.evaluate import analysis_of, occurrences, prefix_term
from indexer.query.tree import DEFAULT_FIELDS, And, InField, Near, Not, Or, Phrase, Prefix, Query, Word

# Single-valued fields only: spans are offsets into one text.
HIGHLIGHTED = ("title", "abstract", "comments")


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
        """The matched parts of each text, by field (`title_en`); fields without any are left out."""
        if not self._prefixes and not self._groups:
            return {}
        found: dict[str, tuple[Span, ...]] = {}
        for name, values in text_values(document).items():
            field = name.split("_")[0]
            if field in HIGHLIGHTED and values:
                spans = _merged(self._in_text(field, values))
                if spans:
                    found[name] = spans
        return found

    def _in_text(self, field: str, values: list[str]) -> list[Span]:
        spans: list[Span] = []
        if groups := self._groups.get(field):
            tokens = tokens_of_values(values, analysis_of(field))
            held = {token.term for token in tokens}
            for wanted, gap in groups:
                if all(term in held for group in wanted for term in group):
                    for tokens_there in occurrences(tokens, wanted, gap):
                        spans += _spans(tokens_there)
        for start in self._prefixes.get(field, ()):
            spans += [(t.start, t.end) for t in tokens_of_values(values, EXACT) if t.term.startswith(start)]
        return spans


def _spans(tokens: Sequence[Token]) -> list[Span]:
    """One span for tokens next to each other, so that a phrase is marked as one."""
    spans: list[Span] = []
    last = None
    for token in tokens:
        if last is not None and token.position == last.position + 1:
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
        last = token
    return spans


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
