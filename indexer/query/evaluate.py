"""What every Query means, in plain Python: whether a document matches. Engines must agree with it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import assert_never

from indexer.analysis import EXACT, FINISHED, positions_of_values
from indexer.documents import Document
from indexer.fields import as_number, asked_for, number_reader
from indexer.query.matching import category_value, occurrences, prefix_term, term_values, text_lookups
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


def matches(query: Query, document: Document, fields: Sequence[str] = DEFAULT_FIELDS) -> bool:
    """Whether `document` matches `query`. Words are looked for in `fields`, unless an InField names another field."""
    match query:
        case And(parts):
            return all(matches(part, document, fields) for part in parts)
        case Or(parts):
            return any(matches(part, document, fields) for part in parts)
        case Not(part):
            return not matches(part, document, fields)
        case AtLeast(count, parts):
            return sum(matches(part, document, fields) for part in parts) >= count
        case Prefer(part, _):
            return matches(part, document, fields)
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
            return any(_has_keyword(document, field, looked_up) for looked_up in term_values(field, value))
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


def _holds(document: Document, name: str, *, words: Sequence[str], gap: int) -> bool:
    return any(
        occurrences(positions_of_values(list(field.values(document)), field.analysis), groups, gap) != []
        for field, groups in text_lookups(name, words)
    )


def _has_prefix(document: Document, field: str, text: str) -> bool:
    start = prefix_term(text)
    return start is not None and any(
        term is not None and term.startswith(start)
        for text_field in asked_for(field)
        if text_field.analysis != FINISHED
        for term in positions_of_values(list(text_field.values(document)), EXACT)
    )
