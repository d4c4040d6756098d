"""Searches the current generation with tantivy."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import tantivy
from tantivy import Order
from tantivy import Query as TantivyQuery

from indexer.counting import Counted, facets, histogram
from indexer.documents import Bar, Document, Facet, Hit, Results, from_json, from_number
from indexer.engine import FACETS, IndexDamaged, IndexOutdated, IndexState, NoIndex, to_be_added_to
from indexer.engines.embedded import generations, similar
from indexer.engines.embedded.compile import compile, filtered
from indexer.engines.embedded.schema import NEWEST, STORED, UPVOTES, register, schema
from indexer.engines.embedded.writer import EmbeddedWriter
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import Search, Sort
from indexer.query.suggesting import titles, unfinished
from indexer.query.tree import And, Query
from papers.errors import PaperglotError

_SORT_FIELDS = {Sort.NEWEST: NEWEST, Sort.UPVOTES: UPVOTES}
# A `terms` aggregation is cut off in every segment: below the number of values it counts wrongly.
_ALL_VALUES = 65_000
_CACHED_COUNTS = 256
# How often a search is tried anew because another process published a generation meanwhile.
_TRIES = 8
_T = TypeVar("_T")


class _Open(NamedTuple):
    """One opened state of one generation."""

    generation: str
    modified: int
    tantivy_index: tantivy.Index
    searcher: tantivy.Searcher
    links: tempfile.TemporaryDirectory[str] | None  # see `_openable`


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
        query = filtered(compile(search.query), _condition(search.filters.query()))

        def read(opened: _Open) -> Results:
            total, hits, cursor = self._hits(opened, search, query)
            facets, histogram = self._counted(opened, search, query) if search.counts else ({}, ())
            return Results(total, hits, facets, histogram, cursor)

        return self._read(read)

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
        def read(opened: _Open) -> Document | None:
            address = _address(opened.searcher, id)
            return _document(opened.searcher, address) if address else None

        return self._read(read)

    def similar(self, id: str, size: int) -> tuple[Hit, ...]:
        def read(opened: _Open) -> tuple[Hit, ...]:
            searcher = opened.searcher
            address = _address(searcher, id)
            like = similar.query(searcher, _document(searcher, address)) if address else None
            if like is None:
                return ()
            return tuple(Hit(_document(searcher, hit)) for _, hit in searcher.search(like, size, False).hits)

        return self._read(read)

    def suggest(self, text: str, size: int) -> tuple[str, ...]:
        asked = unfinished(text)
        if asked is None or size < 1:
            return ()

        def read(opened: _Open) -> tuple[str, ...]:
            hits = opened.searcher.search(compile(asked), size * 2, False).hits
            return titles(asked, (_document(opened.searcher, address) for _, address in hits), size)

        return self._read(read)

    def state(self) -> IndexState | None:
        generation = generations.current(self._root)
        return generations.read_state(self._root, generation) if generation else None

    def check(self) -> None:
        state = self.state()
        if state is None:
            raise NoIndex
        if reason := generations.damage(self._root, state.generation):
            raise IndexDamaged(reason)

        def read(opened: _Open) -> int:
            hits = opened.searcher.search(TantivyQuery.all_query(), 1, False).hits
            return len([_document(opened.searcher, address) for _, address in hits])

        if self._read(read) == 0 and state.documents:
            raise IndexDamaged(f"it is empty, and {state.documents:,} papers were in it")

    def _read(self, read: Callable[[_Open], _T]) -> _T:
        """What `read` gives of the current generation. Raises NoIndex, IndexOutdated and IndexDamaged."""
        for _ in range(_TRIES):
            opened: _Open | None = None
            try:
                opened = self._open()
                return read(opened)
            except PaperglotError:
                raise
            except BaseException as error:
                if not _is_damage(error):
                    raise
                failure = error
            generation = generations.current(self._root)
            # Another process may have published the next generation, and removed this one, meanwhile.
            if opened is not None and opened.generation == generation:
                generations.note_damage(self._root, generation, str(failure))
                break
        raise IndexDamaged(failure) from failure

    def _open(self) -> _Open:
        """The current generation as of its last commit, opened anew where either has changed."""
        generation = generations.current(self._root)
        if generation is None:
            raise NoIndex
        modified = _modified(self._root / generation)
        opened = self._opened
        if opened and opened.generation == generation and opened.modified == modified:
            return opened
        if opened and opened.generation == generation and opened.links is None:
            opened.tantivy_index.reload()
            opened = opened._replace(modified=modified, searcher=opened.tantivy_index.searcher())
        else:
            opened = self._reopen(generation, modified)
        self._opened = opened
        return opened

    def _reopen(self, generation: str, modified: int) -> _Open:
        state = generations.read_state(self._root, generation)
        if state is not None and state.stamp != generations.stamp():
            raise IndexOutdated
        folder, links = _openable(self._root / generation)
        index = tantivy.Index.open(str(folder))
        register(index)
        return _Open(generation, modified, index, index.searcher(), links)

    # Writing

    def writer(self) -> EmbeddedWriter:
        state = to_be_added_to(self.state(), generations.stamp())
        self.check()
        return EmbeddedWriter(self._root, state, self._memory, self._threads)

    def rebuild(self, epoch: str) -> EmbeddedWriter:
        return EmbeddedWriter(self._root, generations.begin(self._root, epoch), self._memory, self._threads)

    def close(self) -> None:
        self._opened = None


_DAMAGE = (ValueError, OSError)  # what reading a damaged file comes to


def _is_damage(error: BaseException) -> bool:
    # A panic of tantivy's comes as an exception that is no Exception, of a class that nobody can import.
    return isinstance(error, _DAMAGE) or type(error).__name__ == "PanicException"


def _openable(folder: Path) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """The folder of a generation for tantivy, which locks a file there to read it; one with links to its files where
    the folder is read-only."""
    if os.access(folder, os.W_OK):
        return folder, None
    links = tempfile.TemporaryDirectory(prefix="paperglot-index-")
    for file in folder.iterdir():
        if file.suffix != ".lock":
            (Path(links.name) / file.name).symlink_to(file)
    return Path(links.name), links


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
    try:
        return from_json(bytes(stored))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a document in it is not whole") from error


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
