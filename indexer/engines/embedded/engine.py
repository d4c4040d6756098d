"""Searches the current generation with tantivy."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Order
from tantivy import Query as TantivyQuery

from indexer.documents import Document
from indexer.engine import IndexState, SideIndex, to_be_added_to
from indexer.engines.embedded import generations, similar
from indexer.engines.embedded.compile import compile, filtered
from indexer.engines.embedded.reader import Opened, Reader, address_of, document_at
from indexer.engines.embedded.schema import NEWEST, UPVOTES, schema
from indexer.engines.embedded.writer import EmbeddedWriter
from indexer.facets import Counted, facets, histogram
from indexer.fields import FACETS, from_number
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import Search, Sort
from indexer.query.suggesting import titles, unfinished
from indexer.query.tree import And, Query
from indexer.results import Bar, Facet, Hit, Results
from papers.calendar import utc_now

_SORT_FIELDS = {Sort.NEWEST: NEWEST, Sort.UPVOTES: UPVOTES}
# tantivy cuts a `terms` aggregation off in every segment: with a size below the number of values, counts are wrong.
_ALL_VALUES = 65_000
_CACHED_COUNTS = 256


Counts = tuple[dict[str, tuple[Facet, ...]], tuple[Bar, ...]]


class EmbeddedEngine:
    """See `indexer.engine.SearchEngine`."""

    def __init__(self, root: Path, *, memory: int, threads: int, now: Callable[[], datetime] = utc_now) -> None:
        """An engine on the index in the folder `root`; its writer may use `memory` bytes and `threads` threads."""
        self._root = root
        self._memory = memory
        self._threads = threads
        self._now = now
        self._reader = Reader(root)
        self._lock = threading.Lock()
        # Counting facets takes most of the time of a search; the next page and a reload ask for the same counts again.
        self._counts: OrderedDict[tuple[Any, ...], Counts] = OrderedDict()

    # Reading

    def search(self, search: Search) -> Results:
        check(search.whole)
        query = filtered(compile(search.query), _condition(search.filters.query()))

        def read(opened: Opened) -> Results:
            total, hits, cursor = self._hits(opened, search, query)
            facets, histogram = self._counted(opened, search, query) if search.counts else ({}, ())
            return Results(total, hits, facets, histogram, cursor)

        return self._reader.read(read)

    def _hits(self, opened: Opened, search: Search, query: TantivyQuery) -> tuple[int, tuple[Hit, ...], str | None]:
        searcher = opened.searcher
        sort_field = _SORT_FIELDS.get(search.sort)
        if search.cursor is None:
            answer = searcher.search(query, search.size, True, sort_field, search.offset, Order.Desc)
            total = answer.count  # type: ignore[attr-defined]
        else:
            total = searcher.search(query, 1, True).count  # type: ignore[attr-defined]
            after = TantivyQuery.range_query(
                schema(), sort_field or "", tantivy.FieldType.Unsigned, 0, int(search.cursor), include_upper=False
            )
            answer = searcher.search(filtered(query, after), search.size, False, sort_field, 0, Order.Desc)
        documents = [document_at(searcher, address) for _, address in answer.hits]
        cursor = str(int(answer.hits[-1][0])) if sort_field and len(answer.hits) == search.size else None
        if not search.highlight:
            return total, tuple(map(Hit, documents)), cursor
        highlighter = Highlighter(search.query)
        return total, tuple(Hit(document, highlighter.spans(document)) for document in documents), cursor

    def _counted(self, opened: Opened, search: Search, query: TantivyQuery) -> Counts:
        key = (opened.generation, opened.modified, search.query, search.filters)
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        counts = _count(opened.searcher, query)
        with self._lock:
            self._counts[key] = counts
            if len(self._counts) > _CACHED_COUNTS:
                self._counts.popitem(last=False)
        return counts

    def get(self, id: str) -> Document | None:
        def read(opened: Opened) -> Document | None:
            address = address_of(opened.searcher, id)
            return document_at(opened.searcher, address) if address else None

        return self._reader.read(read)

    def similar(self, id: str, size: int) -> tuple[Hit, ...]:
        def read(opened: Opened) -> tuple[Hit, ...]:
            searcher = opened.searcher
            address = address_of(searcher, id)
            like = similar.query(searcher, document_at(searcher, address)) if address else None
            if like is None:
                return ()
            return tuple(Hit(document_at(searcher, hit)) for _, hit in searcher.search(like, size, False).hits)

        return self._reader.read(read)

    def suggest(self, text: str, size: int) -> tuple[str, ...]:
        query = unfinished(text)
        if query is None or size < 1:
            return ()

        def read(opened: Opened) -> tuple[str, ...]:
            hits = opened.searcher.search(compile(query), size * 2, False).hits
            return titles(query, (document_at(opened.searcher, address) for _, address in hits), size)

        return self._reader.read(read)

    def state(self) -> IndexState | None:
        generation = generations.current(self._root)
        return generations.read_state(self._root, generation) if generation else None

    @property
    def stamp(self) -> str:
        return generations.stamp()

    def others(self) -> Sequence[IndexState]:
        return generations.others(self._root)

    def check(self) -> None:
        self._reader.check()

    # Writing

    def writer(self) -> EmbeddedWriter:
        state = to_be_added_to(self.state(), generations.stamp())
        self._reader.check()
        return self._writer(state)

    def rebuild(self, epoch: str, *, carried_on: IndexState | None = None, take_over: bool = False) -> EmbeddedWriter:
        return self._writer(carried_on or generations.begin(self._root, epoch))

    def _writer(self, state: IndexState) -> EmbeddedWriter:
        return EmbeddedWriter(self._root, state, self._memory, self._threads, self._now)

    def key_expires(self) -> datetime | None:
        return None

    def put_beside(self, make: Callable[[], SideIndex]) -> None:
        return None

    def close(self) -> None:
        self._reader.close()


def _condition(filters: Query) -> TantivyQuery | None:
    return None if filters == And(()) else compile(filters)


_AGGREGATIONS = {
    name: {"terms": {"field": name, "size": _ALL_VALUES, "segment_size": _ALL_VALUES}} for name in (*FACETS, "month")
}
_BY_DAY = {"date": {"terms": {"field": "date", "size": _ALL_VALUES, "segment_size": _ALL_VALUES}}}


def _count(searcher: tantivy.Searcher, query: TantivyQuery) -> Counts:
    aggregations = searcher.aggregate(query, _AGGREGATIONS)
    counted = {name: _buckets(aggregations[name]) for name in _AGGREGATIONS}

    def by_day() -> list[tuple[date, int]]:
        days = _buckets(searcher.aggregate(query, _BY_DAY)["date"])
        return [(from_number(int(key)), count) for key, count in days]

    return facets(counted), histogram(counted["month"], by_day)


def _buckets(aggregation: dict[str, Any]) -> Counted:
    return [(bucket["key"], bucket["doc_count"]) for bucket in aggregation["buckets"]]
