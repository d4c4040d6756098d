"""Query → tantivy's query. Call `indexer.query.limits.check` first: tantivy ends the process on deep nesting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import tantivy
from tantivy import Occur
from tantivy import Query as TantivyQuery

from indexer.analysis import terms
from indexer.engines.embedded.schema import EXACT_TWINS, schema
from indexer.fields import as_number, asked_for, text_fields
from indexer.query.matching import analysis_of, category_value, phrase_pattern, prefix_term, spreads, term_value
from indexer.query.tree import (
    BOOSTS,
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

_LARGEST = (1 << 64) - 1


def compile(query: Query, fields: Sequence[str] = DEFAULT_FIELDS) -> TantivyQuery:
    """The tantivy query that matches what `evaluate.matches` says."""
    match query:
        case And(parts):
            return _all([compile(part, fields) for part in parts])
        case Or(parts):
            return _any([compile(part, fields) for part in parts])
        case Not(part):
            # MustNot alone finds nothing.
            return TantivyQuery.boolean_query(
                [(Occur.Must, TantivyQuery.all_query()), (Occur.MustNot, compile(part, fields))]
            )
        case InField(field, part):
            return compile(part, (field,))
        case Word(text) | Phrase(text):
            return _any([_words(field, (text,), 0) for field in fields])
        case Near(words, gap):
            return _any([_words(field, words, gap) for field in fields])
        case Prefix(text):
            return _any([_prefix(field, text) for field in fields])
        case Category(code):
            return _keyword(*category_value(code))
        case Term(field, value):
            return _keyword(field, term_value(field, value))
        case DateRange(field, first, last):
            return _range(field, as_number(first), as_number(last))
        case NumberRange(field, first, last):
            return _range(field, first, last)
        case unreachable:
            assert_never(unreachable)


def filtered(query: TantivyQuery, condition: TantivyQuery | None) -> TantivyQuery:
    """`query`, limited to documents that match `condition`. The condition does not change the score."""
    if condition is None:
        return query
    return TantivyQuery.boolean_query(
        [(Occur.Must, query), (Occur.Must, TantivyQuery.const_score_query(condition, 0.0))]
    )


def _all(parts: list[TantivyQuery]) -> TantivyQuery:
    if not parts:
        return TantivyQuery.all_query()
    return parts[0] if len(parts) == 1 else TantivyQuery.boolean_query([(Occur.Must, part) for part in parts])


def _any(parts: list[TantivyQuery]) -> TantivyQuery:
    if not parts:
        return TantivyQuery.empty_query()
    return parts[0] if len(parts) == 1 else TantivyQuery.boolean_query([(Occur.Should, part) for part in parts])


def _words(field: str, words: Sequence[str], gap: int) -> TantivyQuery:
    """Matches the words in order, with at most `gap` positions between them in all, in the field of any language.

    Each word is a run of adjacent terms.
    """
    groups = [terms(word, analysis_of(field)) for word in words]
    if not groups or not all(groups):
        return TantivyQuery.empty_query()
    patterns = [phrase_pattern(groups, spread) for spread in spreads(len(groups), gap)]
    words_query = _any([_phrase(name, pattern) for name in text_fields(field) for pattern in patterns])
    return TantivyQuery.boost_query(words_query, BOOSTS[field]) if field in BOOSTS else words_query


def _phrase(name: str, pattern: list[tuple[int, str]]) -> TantivyQuery:
    if len(pattern) == 1:
        return TantivyQuery.term_query(schema(), name, pattern[0][1], index_option="freq")
    return TantivyQuery.phrase_query(schema(), name, list(pattern))


def _prefix(field: str, text: str) -> TantivyQuery:
    start = prefix_term(text)
    if start is None:
        return TantivyQuery.empty_query()
    return TantivyQuery.fuzzy_term_query(schema(), EXACT_TWINS.get(field, field), start, distance=0, prefix=True)


def _keyword(name: str, value: str) -> TantivyQuery:
    return _any([TantivyQuery.term_query(schema(), f.name, value, index_option="basic") for f in asked_for(name)])


def _range(field: str, first: int | None, last: int | None) -> TantivyQuery:
    low, high = max(first or 0, 0), _LARGEST if last is None else last
    if high < low:
        return TantivyQuery.empty_query()
    return TantivyQuery.range_query(schema(), field, tantivy.FieldType.Unsigned, low, min(high, _LARGEST))
