"""Searches the current generation with tantivy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Order
from tantivy import Query as TantivyQuery

from indexer.analysis import EXACT, terms
from indexer.documents import Document
from indexer.engine import IndexState, SideIndex, to_be_added_to
from indexer.engines.embedded import generations, similar
from indexer.engines.embedded.compile import filtered
from indexer.engines.embedded.counts import CountCache
from indexer.engines.embedded.reader import Opened, Reader, address_of, document_at
from indexer.engines.embedded.schema import EXACT_TWINS
from indexer.engines.embedded.writer import EmbeddedWriter
from indexer.fields import SORT_FIELDS
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import MAX_SIZE, Search, Sort
from indexer.query.tree import ALL, Query
from indexer.ranking import MOST_ALIKE, latest, reranked
from indexer.results import Hit, Results
from indexer.spelling import can_be_corrected, one_edit_away
from papers.calendar import utc_now

# Of so many hits by relevance the order depends on their days and upvotes, too: of ten pages.
_RANKED = 200
_STREAMED = 1000
TITLE, ABSTRACT = EXACT_TWINS["title"], EXACT_TWINS["abstract"]


class EmbeddedEngine:
    """See `indexer.engine.SearchEngine`."""

    def __init__(self, root: Path, *, memory: int, threads: int, now: Callable[[], datetime] = utc_now) -> None:
        """An engine on the index in the folder `root`; its writer may use `memory` bytes and `threads` threads."""
        self._root = root
        self._memory = memory
        self._threads = threads
        self._now = now
        self._reader = Reader(root)
        self._counts = CountCache()

    # Reading

    def search(self, search: Search) -> Results:
        check(search.whole)

        def read(opened: Opened) -> Results:
            query = _compiled(opened, search)
            total, hits, cursor = self._hits(opened, search, query)
            facets, histogram = self._counts.of(opened, search, query)
            return Results(total, hits, facets, histogram, cursor)

        return self._reader.read(read)

    def _hits(self, opened: Opened, search: Search, query: TantivyQuery) -> tuple[int, tuple[Hit, ...], str | None]:
        searcher = opened.searcher
        cursor = None
        if search.sort is Sort.RELEVANCE:
            total, addresses = self._most_relevant(searcher, search, query)
        else:
            total, scored = _sorted_hits(opened, search, query)
            addresses = [address for _, address in scored]
            cursor = str(int(scored[-1][0])) if len(scored) == search.size else None
        documents = [document_at(searcher, address) for address in addresses]
        if not search.highlight:
            return total, tuple(map(Hit, documents)), cursor
        highlighter = Highlighter(search.query)
        return total, tuple(Hit(document, highlighter.spans(document)) for document in documents), cursor

    def _most_relevant(
        self, searcher: tantivy.Searcher, search: Search, query: TantivyQuery
    ) -> tuple[int, list[tantivy.DocAddress]]:
        """The total, and where the hits of the page are. The first _RANKED are put into order by their days, too."""
        end = search.offset + search.size
        if end > _RANKED:
            answer = searcher.search(query, search.size, True, None, search.offset, Order.Desc)
            return answer.count, [address for _, address in answer.hits]  # type: ignore[attr-defined]
        answer = searcher.search(query, _RANKED, True)
        addresses = [address for _, address in answer.hits]
        if not addresses:
            return answer.count, []  # type: ignore[attr-defined]
        keys: dict[str, list[Any]] = {
            order: searcher.fast_field_values(SORT_FIELDS[order], addresses) for order in SORT_FIELDS
        }
        upvotes = [key >> 44 for key in keys["upvotes"]]
        order = reranked([score for score, _ in answer.hits], keys["newest"], upvotes, self._now().date())
        return answer.count, [addresses[index] for index in order[search.offset : end]]  # type: ignore[attr-defined]

    def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        for query in queries:
            check(query)

        def read(opened: Opened) -> tuple[int, ...]:
            compile, searcher = opened.compiler.compile, opened.searcher
            # A constant score saves computing one for every match.
            answers = [searcher.search(TantivyQuery.const_score_query(compile(query), 0.0), 1) for query in queries]
            return tuple(answer.count for answer in answers)  # type: ignore[attr-defined]

        return self._reader.read(read)

    def iterate(self, search: Search) -> Iterator[Document]:
        check(search.whole)
        search.check_streamable()
        opened = self._reader.read(lambda opened: opened)
        cursor = search.cursor
        while True:
            page = replace(search, cursor=cursor, size=MAX_SIZE, page=1)
            _, scored = _sorted_hits(opened, page, _compiled(opened, search), size=_STREAMED)
            for _, address in scored:
                yield document_at(opened.searcher, address)
            if len(scored) < _STREAMED:
                return
            cursor = str(int(scored[-1][0]))

    def get(self, id: str) -> Document | None:
        def read(opened: Opened) -> Document | None:
            address = address_of(opened, id)
            return document_at(opened.searcher, address) if address else None

        return self._reader.read(read)

    def similar(self, id: str, size: int, *, newest: bool = False) -> tuple[Hit, ...]:
        def read(opened: Opened) -> tuple[Hit, ...]:
            searcher = opened.searcher
            address = address_of(opened, id)
            like = similar.query(opened.compiler, searcher, document_at(searcher, address)) if address else None
            if like is None or size < 1:
                return ()
            hits = searcher.search(like, size * (MOST_ALIKE if newest else 1), False).hits
            documents = [document_at(searcher, hit) for _, hit in hits]
            return tuple(map(Hit, latest(documents, size) if newest else documents))

        return self._reader.read(read)

    def spellings(self, word: str, size: int) -> tuple[str, ...]:
        folded = "".join(terms(word, EXACT))
        if not can_be_corrected(folded):
            return ()

        def read(opened: Opened) -> tuple[str, ...]:
            doc_freq = opened.searcher.doc_freq
            papers = {other: doc_freq(TITLE, other) + doc_freq(ABSTRACT, other) for other in one_edit_away(folded)}
            known = [other for other, count in papers.items() if count]
            return tuple(sorted(known, key=lambda other: (-papers[other], other))[:size])

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


def _compiled(opened: Opened, search: Search) -> TantivyQuery:
    compile = opened.compiler.compile
    return filtered(compile(search.query), None if search.filters == ALL else compile(search.filters))


def _sorted_hits(
    opened: Opened, search: Search, query: TantivyQuery, size: int | None = None
) -> tuple[int, list[tuple[Any, tantivy.DocAddress]]]:
    """The total, and the hits of a page of a search by newest or upvotes, each with the key that it is sorted by.

    With a `size`, so many from the cursor on; the total is then 0.
    """
    searcher, field = opened.searcher, SORT_FIELDS[search.sort]
    total = 0
    if search.cursor is None:
        answer = searcher.search(query, size or search.size, size is None, field, search.offset, Order.Desc)
        return (0 if size else answer.count), answer.hits  # type: ignore[attr-defined]
    if size is None:
        total = searcher.search(query, 1, True).count  # type: ignore[attr-defined]
    after = filtered(query, opened.compiler.range(field, 0, int(search.cursor) - 1))
    return total, searcher.search(after, size or search.size, False, field, 0, Order.Desc).hits
