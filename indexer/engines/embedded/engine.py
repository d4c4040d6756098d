"""Searches the current generation with tantivy."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from tantivy import Order
from tantivy import Query as TantivyQuery

from indexer.counting import Counted, facets, histogram
from indexer.documents import Bar, Document, Facet, Hit, Results, from_json, from_number
from indexer.engine import FACETS, IndexOutdated, IndexState, NoIndex, to_be_added_to
from indexer.engines.embedded import generations, similar
from indexer.engines.embedded.compile import compile, filtered
from indexer.engines.embedded.schema import NEWEST, STORED, UPVOTES, register, schema
from indexer.engines.embedded.writer import EmbeddedWriter
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import Search, Sort
from indexer.query.suggesting import titles, unfinished
from indexer.query.tree import And, Query

_SORT_FIELDS = {Sort.NEWEST: NEWEST, Sort.UPVOTES: UPVOTES}
# A `terms` aggregation is cut off in every segment: below the number of values it counts wrongly.
_ALL_VALUES = 65_000
_CACHED_COUNTS = 256


class _Open(NamedTuple):
    """One opened state of one generation."""

    generation: str
    modified: int
    tantivy_index: tantivy.Index
    searcher: tantivy.Searcher


Counts = tuple[dict[str, tuple[Facet, ...]], tuple[Bar, ...]]


class EmbeddedEngine:
    """See `indexer.engine.SearchEngine`."""

    def __init__(self, root: Path, *, memory: int, threads: int) -> None:
        """An engine on the index in the folder `root`; its writer may take `memory` bytes and `threads` threads."""
        self._root = root
        self._memory = memory
        self._threads = threads
        self._opened: _Open | None = None
        self._lock = threading.Lock()
        # Counting facets is most of a search; the next page and a reload ask for the same counts again.
        self._counts: OrderedDict[tuple[Any, ...], Counts] = OrderedDict()

    # Reading

    def search(self, search: Search) -> Results:
        check(search.whole)
        opened = self._open()
        query = filtered(compile(search.query), _condition(search.filters.query()))
        total, hits, cursor = self._hits(opened, search, query)
        facets, histogram = self._counted(opened, search, query) if search.counts else ({}, ())
        return Results(total, hits, facets, histogram, cursor)

    def _hits(self, opened: _Open, search: Search, query: TantivyQuery) -> tuple[int, tuple[Hit, ...], str | None]:
        searcher = opened.searcher
        sort_field = _SORT_FIELDS.get(search.sort)
        if search.cursor is None:
            found = searcher.search(query, search.size, True, sort_field, search.offset, Order.Desc)
            total = found.count  # type: ignore[attr-defined]
        else:
            total = searcher.search(query, 1, True).count  # type: ignore[attr-defined]
            after = TantivyQuery.range_query(
                schema(), sort_field or "", tantivy.FieldType.Unsigned, 0, int(search.cursor), include_upper=False
            )
            found = searcher.search(filtered(query, after), search.size, False, sort_field, 0, Order.Desc)
        documents = [_document(searcher, address) for _, address in found.hits]
        last = str(int(found.hits[-1][0])) if sort_field and len(found.hits) == search.size else None
        if not search.highlight:
            return total, tuple(map(Hit, documents)), last
        marks = Highlighter(search.query)
        return total, tuple(Hit(document, marks.spans(document)) for document in documents), last

    def _counted(self, opened: _Open, search: Search, query: TantivyQuery) -> Counts:
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
        searcher = self._open().searcher
        address = _address(searcher, id)
        return _document(searcher, address) if address else None

    def similar(self, id: str, size: int) -> tuple[Hit, ...]:
        searcher = self._open().searcher
        address = _address(searcher, id)
        if address is None:
            return ()
        like = similar.query(searcher, _document(searcher, address))
        if like is None:
            return ()
        return tuple(Hit(_document(searcher, found)) for _, found in searcher.search(like, size, False).hits)

    def suggest(self, text: str, size: int) -> tuple[str, ...]:
        asked = unfinished(text)
        if asked is None or size < 1:
            return ()
        searcher = self._open().searcher
        hits = searcher.search(compile(asked), size * 2, False).hits
        return titles(asked, (_document(searcher, address) for _, address in hits), size)

    def state(self) -> IndexState | None:
        generation = generations.current(self._root)
        return generations.read_state(self._root, generation) if generation else None

    def _open(self) -> _Open:
        """The current generation as of its last commit, opened anew where either has changed."""
        generation = generations.current(self._root)
        if generation is None:
            raise NoIndex
        modified = _modified(self._root / generation)
        opened = self._opened
        if opened and opened.generation == generation:
            if opened.modified == modified:
                return opened
            opened.tantivy_index.reload()
            opened = _Open(generation, modified, opened.tantivy_index, opened.tantivy_index.searcher())
        else:
            opened = self._reopen(generation, modified)
        self._opened = opened
        return opened

    def _reopen(self, generation: str, modified: int) -> _Open:
        state = generations.read_state(self._root, generation)
        if state is None or state.stamp != generations.stamp():
            raise IndexOutdated
        try:
            index = tantivy.Index.open(str(self._root / generation))
        except ValueError as error:
            raise NoIndex(f"The index cannot be opened ({error}): run 'paperglot rebuild'.") from error
        register(index)
        return _Open(generation, modified, index, index.searcher())

    # Writing

    def writer(self) -> EmbeddedWriter:
        state = to_be_added_to(self.state(), generations.stamp())
        return EmbeddedWriter(self._root, state, self._memory, self._threads)

    def rebuild(self, epoch: str) -> EmbeddedWriter:
        return EmbeddedWriter(self._root, generations.begin(self._root, epoch), self._memory, self._threads)

    def close(self) -> None:
        self._opened = None


def _modified(folder: Path) -> int:
    try:
        return (folder / "meta.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _condition(filters: Query) -> TantivyQuery | None:
    return None if filters == And(()) else compile(filters)


def _address(searcher: tantivy.Searcher, id: str) -> tantivy.DocAddress | None:
    hits = searcher.search(TantivyQuery.term_query(schema(), "id", id, index_option="basic"), 1, False).hits
    return hits[0][1] if hits else None


def _document(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Document:
    stored: Any = searcher.doc(address).get_first(STORED)
    return from_json(bytes(stored))


_AGGREGATIONS = {
    name: {"terms": {"field": name, "size": _ALL_VALUES, "segment_size": _ALL_VALUES}} for name in (*FACETS, "month")
}
_BY_DAY = {"date": {"terms": {"field": "date", "size": _ALL_VALUES, "segment_size": _ALL_VALUES}}}


def _count(searcher: tantivy.Searcher, query: TantivyQuery) -> Counts:
    found = searcher.aggregate(query, _AGGREGATIONS)
    counted = {name: _buckets(found[name]) for name in _AGGREGATIONS}

    def by_day() -> list[tuple[date, int]]:
        days = _buckets(searcher.aggregate(query, _BY_DAY)["date"])
        return [(from_number(int(key)), count) for key, count in days]

    return facets(counted), histogram(counted["month"], by_day)


def _buckets(found: dict[str, Any]) -> Counted:
    return [(bucket["key"], bucket["doc_count"]) for bucket in found["buckets"]]
