"""Facets and histogram of a search, counted by tantivy and kept for the next page and a reload."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from typing import Any

from tantivy import Query as TantivyQuery

from indexer.engines.embedded.reader import Opened
from indexer.facets import Counted, facets, histogram
from indexer.fields import from_number
from indexer.query.search import Search
from indexer.results import Bar, Facet

# tantivy cuts a `terms` aggregation off in every segment: with a size below the number of values, counts are wrong.
_ALL_VALUES = 65_000
_CACHED = 256

Counts = tuple[dict[str, tuple[Facet, ...]], tuple[Bar, ...]]


class CountCache:
    """The counts of the last searches. Counting takes most of the time of a search."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[Any, ...], Counts] = OrderedDict()

    def of(self, opened: Opened, search: Search, query: TantivyQuery) -> Counts:
        """The facets and the histogram that `search` asks for; `query` is what it was compiled to."""
        if not search.facets and not search.histogram:
            return {}, ()
        key = (opened.generation, opened.modified, search.query, search.filters, search.facets, search.histogram)
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        counts = _count(opened, query, search)
        with self._lock:
            self._counts[key] = counts
            if len(self._counts) > _CACHED:
                self._counts.popitem(last=False)
        return counts


def _terms_of(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _ALL_VALUES, "segment_size": _ALL_VALUES}}


def _count(opened: Opened, query: TantivyQuery, search: Search) -> Counts:
    searcher = opened.searcher
    facet_names = [name for name in search.facets if name in opened.counted]  # the version before counted fewer
    asked_fields = (*facet_names, *(["month"] if search.histogram else []))
    aggregations = searcher.aggregate(query, {name: _terms_of(name) for name in asked_fields})
    counted = {name: _buckets(aggregations[name]) for name in asked_fields}
    months = counted.pop("month", ())

    def by_day() -> list[tuple[date, int]]:
        days = _buckets(searcher.aggregate(query, {"date": _terms_of("date")})["date"])
        return [(from_number(int(key)), count) for key, count in days]

    return facets(counted), histogram(months, by_day)


def _buckets(aggregation: dict[str, Any]) -> Counted:
    return [(bucket["key"], bucket["doc_count"]) for bucket in aggregation["buckets"]]
