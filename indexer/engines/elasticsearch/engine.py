"""Searches the index that the read alias names."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from indexer.analysis import EXACT, terms
from indexer.documents import BY_LANGUAGE, Document
from indexer.engine import EngineAway, IndexOutdated, IndexState, NoIndex, SideIndex, to_be_added_to
from indexer.engines.elasticsearch import keys, requests, side
from indexer.engines.elasticsearch.client import connect, translated
from indexer.engines.elasticsearch.compile import Json
from indexer.engines.elasticsearch.generations import Generations
from indexer.engines.elasticsearch.mapping import is_searchable, stamp
from indexer.engines.elasticsearch.source import from_source
from indexer.engines.elasticsearch.writer import ElasticsearchWriter
from indexer.facets import Counted, facets, histogram
from indexer.highlight import Highlighter
from indexer.query.limits import check
from indexer.query.search import Search, Sort
from indexer.query.tree import Query
from indexer.ranking import latest
from indexer.results import Facet, Hit, Results
from indexer.settings import IndexSettings
from indexer.spelling import can_be_corrected
from papers.calendar import utc_now

# How long the result of `_check_rules` is trusted.
_SECONDS_TRUSTED = 10.0


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
        aggregations = requests.aggregations(search)
        answer = self._search(requests.page(search, self._now().date()))
        raw_hits = answer["hits"]["hits"]
        has_next = search.sort is not Sort.RELEVANCE and len(raw_hits) == search.size
        highlighter = Highlighter(search.query) if search.highlight else None
        return Results(
            total=answer["hits"]["total"]["value"],
            hits=tuple(
                Hit(document, highlighter.spans(document) if highlighter else {}) for document in _documents(answer)
            ),
            **(self._counted(answer["aggregations"], search) if aggregations else {}),
            cursor=str(raw_hits[-1]["sort"][0]) if has_next else None,
        )

    def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        if not queries:
            return ()
        for query in queries:
            check(query)
        answer = self._search(requests.counts(queries))
        buckets = answer["aggregations"]["counts"]["buckets"]
        return tuple(buckets[str(number)]["doc_count"] for number in range(len(queries)))

    def iterate(self, search: Search) -> Iterator[Document]:
        check(search.whole)
        search.check_streamable()
        request = requests.stream(search)
        while True:
            answer = self._search(request)
            yield from _documents(answer)
            hits = answer["hits"]["hits"]
            if len(hits) < request["size"]:
                return
            request |= {"search_after": hits[-1]["sort"]}

    def _search(self, request: Json) -> Any:
        self._check_rules()
        with translated(self._where):
            answer = self._client.search(
                index=self._generations.reading,
                timeout=self._timeout,
                allow_partial_search_results=False,
                # The same query goes to the same copies, so that its pages fit together.
                preference=hashlib.blake2b(repr(request["query"]).encode(), digest_size=8).hexdigest(),
                **request,
            )
        if answer["timed_out"]:
            raise EngineAway(f"Elasticsearch at {self._where} needs more than {self._timeout} for this search.")
        return answer

    def _counted(self, aggregations: Json, search: Search) -> dict[str, Any]:
        counted = {name: _buckets(aggregations[name]) for name in aggregations}
        months = counted.pop("month", ())

        def by_day() -> list[tuple[date, int]]:
            answer = self._search(requests.by_day(search))
            buckets = answer["aggregations"]["date"]["buckets"]
            return [(date.fromisoformat(bucket["key_as_string"]), bucket["doc_count"]) for bucket in buckets]

        facet_values: dict[str, tuple[Facet, ...]] = facets(counted)
        return {"facets": facet_values, "histogram": histogram(months, by_day)}

    def get(self, id: str) -> Document | None:
        self._check_rules()
        with translated(self._where):
            try:
                # Not in real time: a document that is not committed must not be returned.
                answer = self._client.get(index=self._generations.reading, id=id, realtime=False)
            except NotFoundError as error:
                if "found" in error.body:
                    return None
                raise
        return from_source(answer["_source"])

    def similar(self, id: str, size: int, *, newest: bool = False) -> tuple[Hit, ...]:
        if size < 1 or self.get(id) is None:
            return ()
        answer = self._search(requests.similar(self._generations.reading, id, size, newest=newest))
        documents = _documents(answer)
        return tuple(map(Hit, latest(documents, size) if newest else documents))

    def spellings(self, word: str, size: int) -> tuple[str, ...]:
        self._check_rules()
        folded = "".join(terms(word, EXACT))
        if not can_be_corrected(folded):
            return ()
        answer = self._search(requests.spellings(folded, size))
        papers: Counter[str] = Counter()
        for name in BY_LANGUAGE:
            for entry in answer["suggest"][name]:
                papers.update({option["text"]: option["freq"] for option in entry["options"]})
        return tuple(sorted(papers, key=lambda other: (-papers[other], other))[:size])

    def state(self) -> IndexState | None:
        with translated(self._where):
            current_state = self._generations.current()
            if current_state is None:
                return None
            return replace(current_state, documents=self._client.count(index=self._generations.reading)["count"])

    def check(self) -> None:
        self._trusted_until = -1.0
        self._check_rules()

    def _check_rules(self) -> None:
        """Raise NoIndex, IndexNameTaken or IndexOutdated if this program cannot search the index.

        The server is asked only if the last answer is older than `_SECONDS_TRUSTED`.
        """
        if self._clock() < self._trusted_until:
            return
        with translated(self._where):
            current_state = self._generations.current()
            if current_state is None:
                self._generations.check_names()
                raise NoIndex
        if not is_searchable(current_state.stamp):
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


def _documents(answer: Any) -> list[Document]:
    return [from_source(hit["_source"]) for hit in answer["hits"]["hits"]]


def _buckets(aggregation: Json) -> Counted:
    return [(bucket["key"], bucket["doc_count"]) for bucket in aggregation["buckets"]]
