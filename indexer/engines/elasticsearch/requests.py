"""What is sent to Elasticsearch for a search, a count, a stream, similar papers, spellings: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from indexer.analysis import FINISHED, STEMMED
from indexer.documents import BY_LANGUAGE
from indexer.engines.elasticsearch.compile import Json, compile
from indexer.facets import size_of
from indexer.fields import asked_for
from indexer.query.search import Search, Sort
from indexer.query.tree import ALL, Query
from indexer.ranking import HALF_LIFE_DAYS, MOST_ALIKE, OLDEST, VOTES

_SORTS: dict[Sort, list[Json]] = {
    # Papers with equal scores need an order of our own: the copies of an index do not agree on another one.
    Sort.RELEVANCE: [{"_score": "desc"}, {"newest_key": "desc"}],
    Sort.NEWEST: [{"newest_key": "desc"}],
    Sort.UPVOTES: [{"upvotes_key": "desc"}],
}
# Every shard returns all its values: with fewer, the counts would be wrong.
_ALL_VALUES = 60_000
_ALL: Json = {"match_all": {}}
_NONE: Json = {"match_none": {}}
_LARGEST_FIRST = [{"_count": "desc"}, {"_key": "asc"}]
_BY_DAY: Json = {"date": {"terms": {"field": "date", "size": 100, "shard_size": _ALL_VALUES}}}
_MONTHS: Json = {"month": {"terms": {"field": "month", "size": 5000, "shard_size": _ALL_VALUES}}}
_ALIKE = [field.name for name in BY_LANGUAGE for field in asked_for(name) if field.analysis == STEMMED]
_STREAMED = 1000
_SIMILAR_TERMS = 25


def page(search: Search, today: date) -> Json:
    """The page of hits that `search` asks for, with its counts."""
    query = filtered(search)
    ranked = _ranked(query, today) if search.sort is Sort.RELEVANCE else query
    request: Json = {"query": ranked, "size": search.size, "sort": _SORTS[search.sort], "track_total_hits": True}
    request |= {"search_after": [int(search.cursor)]} if search.cursor else {"from_": search.offset}
    counted = aggregations(search)
    return request | ({"aggs": counted} if counted else {})


def filtered(search: Search) -> Json:
    """Its query, limited to what its filters let through. They do not change the score."""
    query = compile(search.query)
    return query if search.filters == ALL else {"bool": {"must": [query], "filter": [compile(search.filters)]}}


def _ranked(query: Json, today: date) -> Json:
    """`query`, with the scores changed by `indexer.ranking.factor`."""
    age = {"origin": today.isoformat(), "scale": f"{HALF_LIFE_DAYS}d", "decay": 0.5}
    votes = {"field": "upvotes", "modifier": "ln1p", "missing": 0}
    functions: list[Json] = [
        {"weight": OLDEST},
        {"exp": {"date": age}, "weight": 1 - OLDEST},
        {"field_value_factor": votes, "weight": VOTES},
    ]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}}


def aggregations(search: Search) -> Json:
    """The facets and the months that `search` asks for; {} for none."""
    facets: Json = {
        name: {"terms": {"field": name, "size": size_of(name), "shard_size": _ALL_VALUES, "order": _LARGEST_FIRST}}
        for name in search.facets
    }
    return facets | (_MONTHS if search.histogram else {})


def by_day(search: Search) -> Json:
    """How many papers of a search each day has."""
    return {"query": filtered(search), "size": 0, "aggs": _BY_DAY}


def counts(queries: Sequence[Query]) -> Json:
    """How many papers match each query, in the bucket of its number."""
    filters = {str(number): compile(query) for number, query in enumerate(queries)}
    return {"query": _ALL, "size": 0, "aggs": {"counts": {"filters": {"filters": filters}}}}


def stream(search: Search) -> Json:
    """The first part of all hits; `search_after` the last one's key leads to the next."""
    request: Json = {
        "query": filtered(search),
        "size": _STREAMED,
        "sort": _SORTS[search.sort],
        "track_total_hits": False,
    }
    return request | ({"search_after": [int(search.cursor)]} if search.cursor else {})


def similar(index: str, id: str, size: int, *, newest: bool) -> Json:
    """The papers most like the one with this id."""
    like = {
        "fields": _ALIKE,
        "like": [{"_index": index, "_id": id}],
        "min_term_freq": 1,
        "min_doc_freq": 1,
        "max_query_terms": _SIMILAR_TERMS,
        "minimum_should_match": "1",
    }
    return {"query": {"more_like_this": like}, "size": size * (MOST_ALIKE if newest else 1)}


def spellings(word: str, size: int) -> Json:
    """Words of titles and of abstracts that are one edit away from a folded word."""
    # Also for a word that many papers have: `max_term_freq` would leave it out.
    term: dict[str, Any] = {"suggest_mode": "always", "max_edits": 1, "prefix_length": 0, "sort": "frequency"}
    term |= {"size": 10 * size, "max_term_freq": 1e9, "max_inspections": 50}
    suggesters = {name: {"text": word, "term": term | {"field": name, "analyzer": FINISHED}} for name in BY_LANGUAGE}
    return {"query": _NONE, "size": 0, "suggest": suggesters}
