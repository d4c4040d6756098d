"""Searches the index that the read alias names."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from indexer.documents import Document
from indexer.engine import FACET_SIZE, EngineAway, IndexOutdated, IndexState, NoIndex, SideIndex, to_be_added_to
from indexer.engines.elasticsearch import keys, side
from indexer.engines.elasticsearch.client import connect, translated
from indexer.engines.elasticsearch.compile import Json, compile
from indexer.engines.elasticsearch.generations import Generations
from indexer.engines.elasticsearch.mapping import is_searchable, stamp
from indexer.engines.elasticsearch.source import from_source
from indexer.engines.elasticsearch.writer import ElasticsearchWriter
from indexer.facets import Counted, facets, histogram
from indexer.fields import FACETS, text_fields
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import Search, Sort
from indexer.query.suggesting import titles, unfinished
from indexer.query.tree import And, Query
from indexer.results import Facet, Hit, Results
from indexer.settings import IndexSettings
from papers.calendar import utc_now

_SORTS: dict[Sort, list[Json]] = {
    # Equal scores in an order of our own: copies of an index do not agree on any other.
    Sort.RELEVANCE: [{"_score": "desc"}, {"newest_key": "desc"}],
    Sort.NEWEST: [{"newest_key": "desc"}],
    Sort.UPVOTES: [{"upvotes_key": "desc"}],
}
# Every shard gives all its values: cut off earlier they would be counted wrongly.
_ALL_VALUES = 60_000
_LARGEST_FIRST = [{"_count": "desc"}, {"_key": "asc"}]
_COUNTS: Json = {
    name: {"terms": {"field": name, "size": FACET_SIZE, "shard_size": _ALL_VALUES, "order": _LARGEST_FIRST}}
    for name in FACETS
} | {"month": {"terms": {"field": "month", "size": 5000, "shard_size": _ALL_VALUES}}}
_BY_DAY: Json = {"date": {"terms": {"field": "date", "size": 100, "shard_size": _ALL_VALUES}}}
# How long an index that was made by our rules is taken to be still so.
_SECONDS_TRUSTED = 10.0
_SIMILAR_TERMS = 25


class ElasticsearchEngine:
    """See `indexer.engine.SearchEngine`."""

    def __init__(
        self,
        settings: IndexSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._client: Elasticsearch = connect(settings)
        self._where = ", ".join(host.rpartition("@")[2] if "@" in host else host for host in settings.hosts)
        self._generations = Generations(
            self._client, settings.prefix, shards=settings.shards, replicas=settings.replicas
        )
        self._timeout = f"{int(settings.timeout * 1000)}ms"
        self._clock = clock
        self._now = now
        self._trusted_until = -1.0

    # Reading

    def search(self, search: Search) -> Results:
        check(search.whole)
        query = _filtered(compile(search.query), search.filters.query())
        request: Json = {"query": query, "size": search.size, "sort": _SORTS[search.sort], "track_total_hits": True}
        request |= {"search_after": [int(search.cursor)]} if search.cursor else {"from_": search.offset}
        answer = self._search(request | ({"aggs": _COUNTS} if search.counts else {}))
        found = answer["hits"]["hits"]
        goes_on = search.sort is not Sort.RELEVANCE and len(found) == search.size
        marks = Highlighter(search.query) if search.highlight else None
        return Results(
            total=answer["hits"]["total"]["value"],
            hits=tuple(Hit(document, marks.spans(document) if marks else {}) for document in _documents(answer)),
            **(self._counted(answer["aggregations"], query) if search.counts else {}),
            cursor=str(found[-1]["sort"][0]) if goes_on else None,
        )

    def _search(self, request: Json) -> Any:
        self._check_rules()
        with translated(self._where):
            answer = self._client.search(
                index=self._generations.reading,
                timeout=self._timeout,
                allow_partial_search_results=False,
                # The same copies for the same question, so that its pages fit together.
                preference=hashlib.blake2b(repr(request["query"]).encode(), digest_size=8).hexdigest(),
                **request,
            )
        if answer["timed_out"]:
            raise EngineAway(f"Elasticsearch at {self._where} needs more than {self._timeout} for this search.")
        return answer

    def _counted(self, found: Json, query: Json) -> dict[str, Any]:
        counted = {name: _buckets(found[name]) for name in _COUNTS}

        def by_day() -> list[tuple[date, int]]:
            answer = self._search({"query": query, "size": 0, "aggs": _BY_DAY})
            buckets = answer["aggregations"]["date"]["buckets"]
            return [(date.fromisoformat(bucket["key_as_string"]), bucket["doc_count"]) for bucket in buckets]

        shown: dict[str, tuple[Facet, ...]] = facets(counted)
        return {"facets": shown, "histogram": histogram(counted["month"], by_day)}

    def get(self, id: str) -> Document | None:
        self._check_rules()
        with translated(self._where):
            try:
                # Not in real time: what is not committed is not there.
                found = self._client.get(index=self._generations.reading, id=id, realtime=False)
            except NotFoundError as error:
                if "found" in error.body:
                    return None
                raise
        return from_source(found["_source"])

    def similar(self, id: str, size: int) -> tuple[Hit, ...]:
        like = {
            "fields": [*text_fields("title"), *text_fields("abstract")],
            "like": [{"_index": self._generations.reading, "_id": id}],
            "min_term_freq": 1,
            "min_doc_freq": 1,
            "max_query_terms": _SIMILAR_TERMS,
            "minimum_should_match": "1",
        }
        if size < 1 or self.get(id) is None:
            return ()
        answer = self._search({"query": {"more_like_this": like}, "size": size})
        return tuple(map(Hit, _documents(answer)))

    def suggest(self, text: str, size: int) -> tuple[str, ...]:
        self._check_rules()
        asked = unfinished(text)
        if asked is None or size < 1:
            return ()
        answer = self._search({"query": compile(asked), "size": size * 2, "sort": _SORTS[Sort.RELEVANCE]})
        return titles(asked, _documents(answer), size)

    def state(self) -> IndexState | None:
        with translated(self._where):
            found = self._generations.current()
            if found is None:
                return None
            return replace(found, documents=self._client.count(index=self._generations.reading)["count"])

    def check(self) -> None:
        self._trusted_until = -1.0
        self._check_rules()

    def _check_rules(self) -> None:
        """Raise NoIndex or IndexOutdated where this program cannot search what is there; asked now and then."""
        if self._clock() < self._trusted_until:
            return
        with translated(self._where):
            found = self._generations.current()
            if found is None:
                self._generations.check_names()
                raise NoIndex
        if not is_searchable(found.stamp):
            raise IndexOutdated
        self._trusted_until = self._clock() + _SECONDS_TRUSTED

    # Writing

    @property
    def stamp(self) -> str:
        return stamp()

    def others(self) -> Sequence[IndexState]:
        with translated(self._where):
            return self._generations.others()

    def writer(self) -> ElasticsearchWriter:
        return self._writer(to_be_added_to(self.state(), stamp()), published=True)

    def rebuild(
        self, epoch: str, *, carried_on: IndexState | None = None, take_over: bool = False
    ) -> ElasticsearchWriter:
        with translated(self._where):
            if carried_on:
                self._generations.go_on()
            state = carried_on or self._generations.begin(epoch, take_over=take_over)
        return self._writer(state, published=False)

    def _writer(self, state: IndexState, *, published: bool) -> ElasticsearchWriter:
        return ElasticsearchWriter(
            self._client, self._generations, state, published=published, where=self._where, now=self._now
        )

    def key_expires(self) -> datetime | None:
        with translated(self._where):
            return keys.expiry(self._client)

    def put_beside(self, make: Callable[[], SideIndex]) -> None:
        index = make()
        with translated(self._where):
            side.put(self._client, self._generations.reading, index)

    def close(self) -> None:
        self._client.close()


def _filtered(query: Json, condition: Query) -> Json:
    """`query` where `condition` holds too, which does not count for the score."""
    return query if condition == And(()) else {"bool": {"must": [query], "filter": [compile(condition)]}}


def _documents(answer: Any) -> list[Document]:
    return [from_source(hit["_source"]) for hit in answer["hits"]["hits"]]


def _buckets(found: Json) -> Counted:
    return [(bucket["key"], bucket["doc_count"]) for bucket in found["buckets"]]
