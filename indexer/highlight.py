"""Which parts of a stored text a Query matched: one way for every engine.

An engine's own highlighter marks every term anywhere (single Han characters outside of the phrase, terms
under a NOT) and knows no prefixes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from indexer.analysis import EXACT, closed_forms, offsets, terms
from indexer.documents import BY_LANGUAGE, Document
from indexer.field_values import archive_of, venue
from indexer.query.matching import Groups, occurrences, prefix_term, term_values, text_analyses
from indexer.query.tree import (
    DEFAULT_FIELDS,
    And,
    AtLeast,
    Category,
    DateRange,
    InField,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Term,
    Word,
)
from indexer.results import Span
from papers.normalise import names

# The texts of one value that are marked, and the fields of a Query that look into each.
_SINGLE_TEXTS = {
    "comments": ("comments", "details"),
    "journal_ref": ("journal_ref", "details"),
    "report_no": ("report_no", "details"),
    "doi": ("details",),
    "id": ("details",),
    "licence": ("details",),
    "organisation": ("details",),
    "code": ("code", "details"),
    "project": ("details",),
}
# The texts of several values; all are looked into by "details".
_LISTS: Mapping[str, Callable[[Document], Sequence[str]]] = {
    "categories": lambda document: document.categories,
    "keywords": lambda document: document.keywords,
    "venues": venue,
}
# Nodes that name a whole value of a list.
_TERMS = {"primary": "categories", "keyword": "keywords", "venue": "venues"}


@dataclass(frozen=True, slots=True)
class _Leaf:
    words: tuple[str, ...]
    gap: int
    prefix: bool
    fields: Sequence[str]


def _leaves(query: Query, fields: Sequence[str] = DEFAULT_FIELDS) -> Iterator[_Leaf | Term | Category]:
    match query:
        case And(parts) | Or(parts) | AtLeast(_, parts):
            for part in parts:
                yield from _leaves(part, fields)
        case InField(field, part):
            yield from _leaves(part, (field,))
        case Prefer(part, _):
            yield from _leaves(part, fields)
        case Word(text) | Phrase(text):
            yield _Leaf((text,), 0, False, fields)
        case Near(words, gap):
            yield _Leaf(words, gap, False, fields)
        case Prefix(text):
            yield _Leaf((text,), 0, True, fields)
        case Term() | Category():
            yield query
        case Not() | DateRange() | NumberRange():
            return
        case unreachable:
            assert_never(unreachable)


class Highlighter:
    """Marks documents for one query; analyses the query once."""

    def __init__(self, query: Query) -> None:
        self._prefixes: dict[str, list[str]] = {}
        self._words: dict[str, dict[tuple[tuple[str, ...], int], None]] = {}
        self._groups: dict[tuple[str, str], list[tuple[Groups, int]]] = {}
        self._author_keys: set[str] = set()
        self._ids: set[str] = set()
        self._values: dict[str, set[str]] = {}
        for leaf in _leaves(query):
            if isinstance(leaf, Category):
                self._values.setdefault("categories", set()).add(leaf.code)
                continue
            if isinstance(leaf, Term):
                self._note(leaf)
                continue
            for field in leaf.fields:
                if leaf.prefix:
                    start = prefix_term(leaf.words[0])
                    self._prefixes.setdefault(field, []).extend([start] if start else [])
                else:
                    self._words.setdefault(field, {})[leaf.words, leaf.gap] = None

    def _note(self, term: Term) -> None:
        if term.field == "author":
            self._author_keys.update(term_values("author", term.value))
        elif term.field == "id":
            self._ids.add(term.value)
        elif term.field in _TERMS:
            self._values.setdefault(_TERMS[term.field], set()).update(term_values(term.field, term.value))

    def spans(self, document: Document) -> dict[str, tuple[Span, ...]]:
        """The matched parts of each text, by field and language (`title_en`), those of names by the author's place in
        the list (`authors.0`), and so for categories, keywords and venues; texts without any are left out."""
        spans: dict[str, list[Span]] = {}
        for name in BY_LANGUAGE:
            for language, text in getattr(document, name).items():
                spans[f"{name}_{language}"] = self._in_text((name,), text, language)
        if self._may_be_in_details(document):
            for name, fields in _SINGLE_TEXTS.items():
                if (text := getattr(document, name)) and self._looks_into(fields):
                    spans[name] = self._in_text(fields, text, "")
            for name, values_of in _LISTS.items():
                for place, value in enumerate(values_of(document)):
                    spans[f"{name}.{place}"] = self._in_value(name, value)
        if document.id in self._ids:
            spans["id"] = [(0, len(document.id))]
        if self._may_be_among(document.authors):
            spans |= {f"authors.{place}": self._in_name(author) for place, author in enumerate(document.authors)}
        return {key: _merged(marks) for key, marks in spans.items() if marks}

    def _looks_into(self, fields: Sequence[str]) -> bool:
        return any(field in self._words or field in self._prefixes for field in fields)

    def _may_be_in_details(self, document: Document) -> bool:
        """Whether any of the short texts can be marked. Looking at all at once saves looking at each."""
        if any(field in self._prefixes or field in self._words for field in ("comments", "journal_ref", "report_no")):
            return True
        if "details" in self._prefixes or "code" in self._words or self._values:
            return True
        if "details" not in self._words:
            return False
        single = (text for name in _SINGLE_TEXTS if (text := getattr(document, name)))
        texts = " ".join((*single, *(value for values_of in _LISTS.values() for value in values_of(document))))
        return not self._first_terms("details").isdisjoint(terms(texts, EXACT))

    def _first_terms(self, field: str) -> set[str]:
        return {term for groups, _ in self._groups_of(field, EXACT) for term in groups[0][:1]}

    def _may_be_among(self, authors: Sequence[str]) -> bool:
        """Whether any author can be marked. Most papers' cannot, and looking at each name takes time."""
        if self._author_keys or "authors" in self._prefixes:
            return True
        if "authors" not in self._words:
            return False
        return not self._first_terms("authors").isdisjoint(terms(" ".join(authors), EXACT))

    def _in_value(self, name: str, value: str) -> list[Span]:
        chosen = self._values.get(name, ())
        forms = {value, value.lower(), f"{archive_of(value)}.*"} if chosen else set()
        return [(0, len(value))] if not forms.isdisjoint(chosen) else self._in_text(("details",), value, "")

    def _in_name(self, author: str) -> list[Span]:
        if self._author_keys and not self._author_keys.isdisjoint(names.keys(author)):
            return [(0, len(author))]
        return self._in_text(("authors",), author, "")

    def _in_text(self, fields: Sequence[str], text: str, language: str) -> list[Span]:
        spans: list[Span] = []
        for field in fields:
            if field in self._words:
                for analysis in text_analyses(field, language):
                    spans += self._words_in(field, text, analysis)
            if starts := self._prefixes.get(field):
                text_terms = terms(text, EXACT)
                places = [[place] for place, term in enumerate(text_terms) if term.startswith(tuple(starts))]
                spans += _located(text, places)
        return spans

    def _words_in(self, field: str, text: str, analysis: str) -> list[Span]:
        all_groups = self._groups_of(field, analysis)
        text_terms = terms(text, analysis)
        different_terms = set(text_terms)
        places = [
            place
            for groups, gap in all_groups
            if groups[0] and groups[0][0] in different_terms
            for place in occurrences(text_terms, groups, gap)
        ]
        return _located(text, places) + (self._closed_in(field, text, analysis) if field in BY_LANGUAGE else [])

    def _closed_in(self, field: str, text: str, analysis: str) -> list[Span]:
        """The hyphenated words of a text that a searched word is when they are written together."""
        single = {groups[0] for groups, _ in self._groups_of(field, analysis) if len(groups) == 1}
        if not single:
            return []
        # A form begins with the letter that its term begins with, unless that had an accent.
        initials = "".join(sorted({term[:1] for term_group in single for term in term_group})) if text.isascii() else ""
        return [span for form, span in closed_forms(text, initials) if tuple(terms(form, analysis)) in single]

    def _groups_of(self, field: str, analysis: str) -> list[tuple[Groups, int]]:
        if (field, analysis) not in self._groups:
            self._groups[field, analysis] = [
                (tuple(tuple(terms(word, analysis)) for word in words), gap) for words, gap in self._words[field]
            ]
        return self._groups[field, analysis]


def _located(text: str, places: list[list[int]]) -> list[Span]:
    if not places:
        return []
    return _spans(places, offsets(text, {position for occurrence in places for position in occurrence}))


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
