"""Query → Elasticsearch's query. It has no scripts and no `query_string`: we analyse the terms ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, assert_never

from indexer.analysis import FINISHED
from indexer.engines.elasticsearch.mapping import HOLE
from indexer.fields import Kind, asked_for
from indexer.query.matching import category_value, phrase_pattern, prefix_term, spreads, term_values, text_lookups
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

Json = dict[str, Any]
_ALL: Json = {"match_all": {}}
_NONE: Json = {"match_none": {}}


def compile(query: Query, fields: Sequence[str] = DEFAULT_FIELDS) -> Json:
    """The query that matches what `evaluate.matches` says."""
    match query:
        case And(parts):
            return _all([compile(part, fields) for part in parts])
        case Or(parts):
            return _best_of([compile(part, fields) for part in parts])
        case Not(part):
            return {"bool": {"must_not": [compile(part, fields)]}}
        case AtLeast(count, parts):
            return _at_least(count, [compile(part, fields) for part in parts])
        case Prefer(part, preferred):
            weighted = [(compile(wish, fields), weight) for wish, weight in preferred]
            return _preferring(compile(part, fields), weighted)
        case InField(field, part):
            return compile(part, (field,))
        case Word(text) | Phrase(text):
            return _any([word_query for field in fields for word_query in _words(field, (text,), 0)])
        case Near(words, gap):
            return _any([word_query for field in fields for word_query in _words(field, words, gap)])
        case Prefix(text):
            start = prefix_term(text)
            # A field `title` holds the titles of all languages, unstemmed.
            return _any([{"prefix": {field: {"value": start}}} for field in fields]) if start else _NONE
        case Category(code):
            return _keyword(*category_value(code))
        case Term(field, value):
            return _any([_keyword(field, looked_up) for looked_up in term_values(field, value)])
        case DateRange(field, first, last):
            return _days(field, first, last)
        case NumberRange(field, low, high):
            return _range(field, {"gte": low, "lte": high})
        case unreachable:
            assert_never(unreachable)


def _all(parts: list[Json]) -> Json:
    return (parts[0] if len(parts) == 1 else {"bool": {"must": parts}}) if parts else _ALL


def _any(parts: list[Json]) -> Json:
    return (parts[0] if len(parts) == 1 else {"bool": {"should": parts}}) if parts else _NONE


def _best_of(parts: list[Json]) -> Json:
    """Any of the parts. They are ways to say the same: only the best counts for the score."""
    return {"dis_max": {"queries": parts}} if len(parts) > 1 else _any(parts)


def _at_least(count: int, parts: list[Json]) -> Json:
    if count <= 0:
        return _ALL
    if count > len(parts):
        return _NONE
    return {"bool": {"should": parts, "minimum_should_match": count}}


def _preferring(query: Json, preferred: list[tuple[Json, float]]) -> Json:
    wishes = [{"constant_score": {"filter": wish, "boost": weight}} for wish, weight in preferred]
    return {"bool": {"must": [query], "should": wishes}} if wishes else query


def _words(field: str, words: Sequence[str], gap: int) -> list[Json]:
    """Queries for the words in order, with at most `gap` positions between them in all.

    Each word is a run of adjacent terms. There is one query for each language and each way to spread the words.
    """
    boost = {"boost": BOOSTS[field]} if field in BOOSTS else {}
    return [
        _phrase(text_field.name, phrase_pattern(groups, spread), boost)
        for text_field, groups in text_lookups(field, words)
        for spread in spreads(len(groups), gap)
    ]


def _phrase(name: str, pattern: list[tuple[int, str]], boost: Json) -> Json:
    """Terms at fixed distances. Lucene's own ways to spread words (slop, spans, intervals) miss some matches."""
    if len(pattern) == 1:
        return {"term": {name: {"value": pattern[0][1]} | boost}}
    places = [HOLE] * (pattern[-1][0] + 1)
    for offset, term in pattern:
        places[offset] = term
    return {"match_phrase": {name: {"query": " ".join(places), "analyzer": FINISHED} | boost}}


def _keyword(name: str, value: str) -> Json:
    return _any([{"term": {field.name: {"value": value}}} for field in asked_for(name)])


def _days(name: str, first: date | None, last: date | None) -> Json:
    (field,) = asked_for(name)
    if field.kind is not Kind.MOMENT or last is None or last == date.max:
        return _range(name, {"gte": first, "lte": last})
    return _range(name, {"gte": first, "lt": last + timedelta(days=1)})


def _range(field: str, bounds: Json) -> Json:
    limits = {name: bound for name, bound in bounds.items() if bound is not None}
    return {"range": {field: limits}} if limits else {"exists": {"field": field}}
