"""Query → tantivy's query. Call `indexer.query.limits.check` first: tantivy ends the process on deep nesting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never

import tantivy
from tantivy import Occur
from tantivy import Query as TantivyQuery

from indexer.engines.embedded.schema import EXACT_TWINS
from indexer.fields import as_number, asked_for
from indexer.query.matching import (
    category_value,
    phrase_pattern,
    prefix_term,
    spreads,
    term_values,
    text_lookups,
)
from indexer.query.tree import (
    BOOSTS,
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

_LARGEST = (1 << 64) - 1


class Compiler:
    """Compiles queries for one index; what a field that it does not have would find is nothing."""

    def __init__(self, schema: tantivy.Schema, names: Collection[str]) -> None:
        self._schema = schema
        self._names = frozenset(names)

    def compile(self, query: Query, fields: Sequence[str] = DEFAULT_FIELDS) -> TantivyQuery:
        """The tantivy query that matches what `evaluate.matches` says."""
        match query:
            case And(parts):
                return _all([self.compile(part, fields) for part in parts])
            case Or(parts):
                return _best_of([self.compile(part, fields) for part in parts])
            case Not(part):
                # MustNot alone finds nothing.
                return TantivyQuery.boolean_query(
                    [(Occur.Must, TantivyQuery.all_query()), (Occur.MustNot, self.compile(part, fields))]
                )
            case AtLeast(count, parts):
                return _at_least(count, [self.compile(part, fields) for part in parts])
            case Prefer(part, preferred):
                weighted = [(self.compile(wish, fields), weight) for wish, weight in preferred]
                return _preferring(self.compile(part, fields), weighted)
            case InField(field, part):
                return self.compile(part, (field,))
            case Word(text) | Phrase(text):
                return _any([self._words(field, (text,), 0) for field in fields])
            case Near(words, gap):
                return _any([self._words(field, words, gap) for field in fields])
            case Prefix(text):
                return _any([self._prefix(field, text) for field in fields])
            case Category(code):
                return self._keyword(*category_value(code))
            case Term(field, value):
                return _any([self._keyword(field, looked_up) for looked_up in term_values(field, value)])
            case DateRange(field, first, last):
                return self.range(field, as_number(first), as_number(last))
            case NumberRange(field, first, last):
                return self.range(field, first, last)
            case unreachable:
                assert_never(unreachable)

    def range(self, field: str, first: int | None, last: int | None) -> TantivyQuery:
        """Documents whose number in `field` is from `first` to `last`; None leaves a side open."""
        low, high = max(first or 0, 0), _LARGEST if last is None else last
        if high < low:
            return TantivyQuery.empty_query()
        return TantivyQuery.range_query(self._schema, field, tantivy.FieldType.Unsigned, low, min(high, _LARGEST))

    def term(self, name: str, value: str) -> TantivyQuery:
        """Documents with this term in this field of the index; it does not count how often."""
        if name not in self._names:
            return TantivyQuery.empty_query()
        return TantivyQuery.term_query(self._schema, name, value, index_option="basic")

    def _words(self, field: str, words: Sequence[str], gap: int) -> TantivyQuery:
        """Matches the words in order, with at most `gap` positions between them in all, in the field of any language.

        Each word is a run of adjacent terms.
        """
        phrases = [
            self._phrase(text_field.name, phrase_pattern(groups, spread))
            for text_field, groups in text_lookups(field, words)
            if text_field.name in self._names
            for spread in spreads(len(groups), gap)
        ]
        words_query = _any(phrases)
        return TantivyQuery.boost_query(words_query, BOOSTS[field]) if field in BOOSTS else words_query

    def _phrase(self, name: str, pattern: list[tuple[int, str]]) -> TantivyQuery:
        if len(pattern) == 1:
            return TantivyQuery.term_query(self._schema, name, pattern[0][1], index_option="freq")
        return TantivyQuery.phrase_query(self._schema, name, list(pattern))

    def _prefix(self, field: str, text: str) -> TantivyQuery:
        start, name = prefix_term(text), EXACT_TWINS.get(field, field)
        if start is None or name not in self._names:
            return TantivyQuery.empty_query()
        return TantivyQuery.fuzzy_term_query(self._schema, name, start, distance=0, prefix=True)

    def _keyword(self, name: str, value: str) -> TantivyQuery:
        return _any([self.term(field.name, value) for field in asked_for(name)])


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


def _best_of(parts: list[TantivyQuery]) -> TantivyQuery:
    """Any of the parts. They are ways to say the same: only the best counts for the score."""
    return TantivyQuery.disjunction_max_query(parts) if len(parts) > 1 else _any(parts)


def _at_least(count: int, parts: list[TantivyQuery]) -> TantivyQuery:
    if count <= 0:
        return TantivyQuery.all_query()
    if count > len(parts):
        return TantivyQuery.empty_query()
    return TantivyQuery.boolean_query([(Occur.Should, part) for part in parts], count)


def _preferring(query: TantivyQuery, preferred: list[tuple[TantivyQuery, float]]) -> TantivyQuery:
    wishes = [(Occur.Should, TantivyQuery.const_score_query(wish, weight)) for wish, weight in preferred]
    return TantivyQuery.boolean_query([(Occur.Must, query), *wishes]) if wishes else query
