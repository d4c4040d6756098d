"""What every Query means, in plain Python: whether a document matches. Engines must agree with it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import assert_never

from indexer.analysis import EXACT, positions_of_values, terms
from indexer.documents import Document
from indexer.fields import as_number, asked_for, number_reader
from indexer.query.matching import analysis_of, category_value, occurrences, prefix_term, term_value
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


def matches(query: Query, document: Document, fields: Sequence[str] = DEFAULT_FIELDS) -> bool:
    """Whether `document` matches `query`. Words are looked for in `fields`, unless an InField names another field."""
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
        case unreachable:
            assert_never(unreachable)


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


def _has_prefix(document: Document, field: str, text: str) -> bool:
    start = prefix_term(text)
    return start is not None and any(
        term is not None and term.startswith(start)
        for values in _texts(document, field)
        for term in positions_of_values(values, EXACT)
    )
