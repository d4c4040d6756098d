"""What every Query means, in plain Python: whether a document matches. Engines must agree with it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import assert_never

from indexer.analysis import EXACT, STEMMED, positions_of_values, terms
from indexer.documents import Document
from indexer.fields import archive_of, as_number, asked_for, number_reader
from indexer.query.limits import spreads
from indexer.query.tree import (
    DEFAULT_FIELDS,
    And,
    Category,
    DateRange,
    InField,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Word,
)
from papers.categories import resolve
from papers.normalise import names


def analysis_of(field: str) -> str:
    """Titles and abstracts are stemmed; names and comments are not."""
    return STEMMED if field.startswith(("title", "abstract")) else EXACT


def matches(query: Query, document: Document, fields: Sequence[str] = DEFAULT_FIELDS) -> bool:
    """Whether `document` is one that `query` asks for."""
    match query:
        case And(parts):
            return all(matches(part, document, fields) for part in parts)
        case Or(parts):
            return any(matches(part, document, fields) for part in parts)
        case Not(part):
            return not matches(part, document, fields)
        case InField(field, part):
            return matches(part, document, (field,))
        case Word(text) | Phrase(text):
            return any(map(partial(_holds, document, words=(text,), gap=0), fields))
        case Near(words, gap):
            return any(map(partial(_holds, document, words=words, gap=gap), fields))
        case Prefix(text):
            return any(_has_prefix(document, field, text) for field in fields)
        case Category(code):
            return _in_category(document, code)
        case Term(field, value):
            return _has_keyword(document, field, term_value(field, value))
        case DateRange(field, first, last):
            return _within(_number(document, field), as_number(first), as_number(last))
        case NumberRange(field, first, last):
            return _within(_number(document, field), first, last)
        case other:
            assert_never(other)


def term_value(field: str, value: str) -> str:
    """The value that a keyword field is looked up by."""
    if field == "author":
        return names.query_key(value)
    return value.lower() if field == "keyword" else resolve(value) if field == "primary" else value


def category_value(code: str) -> tuple[str, str]:
    """The name and value of the keyword field that a category is looked up in."""
    if code.endswith(".*"):
        return ("archive", archive_of(code[:-2]))
    return ("category", resolve(code))


def _in_category(document: Document, code: str) -> bool:
    return _has_keyword(document, *category_value(code))


def _has_keyword(document: Document, name: str, value: str) -> bool:
    return any(value in field.values(document) for field in asked_for(name))


def _number(document: Document, name: str) -> int | None:
    return next((number for field in asked_for(name) for number in number_reader(field)(document)), None)


def _within(value: int | None, first: int | None, last: int | None) -> bool:
    return value is not None and (first is None or value >= first) and (last is None or value <= last)


def _texts(document: Document, name: str) -> Iterable[list[str]]:
    """The values of a field in each language."""
    return [list(values) for field in asked_for(name) if (values := field.values(document))]


def _holds(document: Document, field: str, *, words: Sequence[str], gap: int) -> bool:
    analysis = analysis_of(field)
    groups = [terms(word, analysis) for word in words]
    return any(
        occurrences(positions_of_values(values, analysis), groups, gap) != [] for values in _texts(document, field)
    )


def occurrences(found: Sequence[str | None], groups: Sequence[Sequence[str]], gap: int) -> list[list[int]]:
    """Where, in the terms of a text by position, the groups of adjacent terms stand in order with at most `gap`
    positions between them in all: the positions of each occurrence.

    A group without terms (a word of punctuation) is nowhere.
    """
    if not groups or not all(groups):
        return []
    patterns = [phrase_pattern(groups, spread) for spread in spreads(len(groups), gap)]
    where: list[list[int]] = []
    first, at = groups[0][0], -1
    for _ in range(found.count(first)):
        at = found.index(first, at + 1)
        for pattern in patterns:
            if all(at + offset < len(found) and found[at + offset] == term for offset, term in pattern):
                where.append([at + offset for offset, _ in pattern])
                break
    return where


def phrase_pattern(groups: Sequence[Sequence[str]], spread: Sequence[int]) -> list[tuple[int, str]]:
    """(offset, term) of every term when the groups are spread so."""
    pattern: list[tuple[int, str]] = []
    offset = 0
    for number, group in enumerate(groups):
        offset += spread[number - 1] if number else 0
        for term in group:
            pattern.append((offset, term))
            offset += 1
    return pattern


def prefix_term(text: str) -> str | None:
    """What a token must begin with; None where the text is not exactly one token."""
    found = terms(text, EXACT)
    return found[0] if len(found) == 1 else None


def _has_prefix(document: Document, field: str, text: str) -> bool:
    start = prefix_term(text)
    return start is not None and any(
        term is not None and term.startswith(start)
        for values in _texts(document, field)
        for term in positions_of_values(values, EXACT)
    )
