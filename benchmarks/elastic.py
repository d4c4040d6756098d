"""Elasticsearch against the bare client, and beside the embedded engine, query by query.

On the server that PAPERGLOT_TEST_ELASTICSEARCH_URL names; `.ci/elasticsearch.py start FOLDER` starts one.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from elasticsearch import Elasticsearch, OrjsonSerializer
from elasticsearch.helpers import parallel_bulk

from benchmarks.corpus import fill
from benchmarks.measure import Row, milliseconds, p95, timed
from benchmarks.questions import KINDS, TODAY, identifiers, mixed, questions, unfinished
from benchmarks.search import get, search_for, served
from indexer.documents import from_change
from indexer.engine import SearchEngine
from indexer.engines import open_engine
from indexer.engines.elasticsearch import requests
from indexer.engines.elasticsearch.compile import compile
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.engines.elasticsearch.mapping import template
from indexer.engines.elasticsearch.source import to_source
from indexer.query.reading import read
from indexer.query.request import Request
from indexer.settings import IndexSettings
from indexer.suggest import suggest
from indexer.update import update
from papers.catalogue import Catalogue

PAPERS, INDEXED, QUERIES = 200_000, 20_000, 60
SIZE, AT_ONCE = 20, 8
Asked = Callable[[SearchEngine], object]
_HIGHLIGHT = {"fields": {name: {} for name in ("title_en", "title_zh", "abstract_en", "abstract_zh")}}


def run(papers: int = PAPERS, indexed: int = INDEXED, queries: int = QUERIES, runs: int = 3) -> list[Row]:
    """Bilingual papers; every query with facets, histogram and highlights, each asked once of each."""
    url = os.environ.get("PAPERGLOT_TEST_ELASTICSEARCH_URL")
    if not url:
        return [Row("not run: PAPERGLOT_TEST_ELASTICSEARCH_URL names no server", "-", "see .ci/elasticsearch.py")]
    with _own_prefix(url) as settings, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare, own = _indexing(settings, folder / "small", indexed, runs)
        fill(folder / "large", papers, bilingual=True)
        engines = (open_engine(folder / "large"), ElasticsearchEngine(settings))
        with Catalogue(folder / "large") as catalogue:
            for engine in engines:
                update(catalogue, engine, force=True)  # in the place of the small one
        ratio = _over_raw(settings, folder / "large", mixed(queries, seed=5))
        rate = _searches_a_second(settings, mixed(queries * 5, seed=6))
        beside = [_beside(kind, searches, *engines) for kind, searches in _kinds(folder / "large", queries).items()]
    return [
        Row(f"bare parallel_bulk of {indexed:,} papers in memory", f"{indexed / bare:,.0f} papers/s"),
        Row("from the catalogue", f"{indexed / own:,.0f} papers/s"),
        Row("ratio", f"{bare / own:.0%}", "at least 85 %"),
        Row(f"API over the raw search call, {papers:,} papers", f"{ratio - 1:+.0%}", "under +20 %"),
        Row(f"searches a second, {AT_ONCE} at a time", f"{rate:.0f}"),
        *beside,
    ]


@contextmanager
def _own_prefix(url: str) -> Iterator[IndexSettings]:
    """Settings for indices of the benchmark's own, which are removed at the end."""
    prefix = f"paperglot-bench-{secrets.token_hex(4)}"
    try:
        yield IndexSettings(engine="elasticsearch", hosts=(url,), prefix=prefix, timeout=60)
    finally:
        with Elasticsearch(url, request_timeout=60).options(ignore_status=404) as client:
            for index in client.indices.get_alias(index=f"{prefix}-*").body:
                client.indices.delete(index=index)
            client.indices.delete_index_template(name=prefix)


def _indexing(settings: IndexSettings, folder: Path, count: int, runs: int) -> tuple[float, float]:
    """Seconds of the bare loop and of an update from the catalogue, the best of several in turn."""
    fill(folder, count, bilingual=True)
    client = Elasticsearch(settings.hosts[0], request_timeout=60)
    engine = ElasticsearchEngine(settings)
    index = f"{settings.prefix}-bare"
    index_template = template(settings.prefix, shards=1, replicas=0)["template"]
    with Catalogue(folder) as catalogue:
        documents = list(_actions(catalogue))

        def bare() -> None:
            client.indices.create(index=index, **index_template)
            deque(parallel_bulk(client, documents, index=index, thread_count=2), maxlen=0)
            client.indices.refresh(index=index)

        times = []
        for _ in range(runs):
            client.indices.delete(index=index, ignore_unavailable=True)
            times.append((timed(bare), timed(lambda: update(catalogue, engine, rebuild=True))))
    client.indices.delete(index=index)
    bare_seconds, own_seconds = map(min, zip(*times, strict=True))
    return bare_seconds, own_seconds


def _actions(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    seq = 0
    while changes := catalogue.changes(seq, 1000):
        seq = changes[-1].seq
        for change in changes:
            yield {"_id": change.id, "_source": orjson.loads(to_source(from_change(change)))}


def _over_raw(settings: IndexSettings, folder: Path, texts: list[str]) -> float:
    """What the API takes of the raw call of the same search, as the median of pairs.

    The raw call asks for what the API gives: hits, their texts with what matched, and counts.
    """
    raw = Elasticsearch(settings.hosts[0], request_timeout=60, serializer=OrjsonSerializer())
    environment = {
        "PAPERGLOT_INDEX_ENGINE": "elasticsearch",
        "PAPERGLOT_INDEX_HOSTS": settings.hosts[0],
        "PAPERGLOT_INDEX_PREFIX": settings.prefix,
    }
    ratios = []
    with served(folder, environment) as connection:
        for number, text in enumerate(texts):
            query = compile(read(text, TODAY).query)

            def bare(query: dict[str, Any] = query, text: str = text) -> float:
                return timed(
                    lambda: raw.search(
                        index=settings.prefix,
                        query=query,
                        size=SIZE,
                        aggs=requests.aggregations(search_for(Request(text=text))),
                        track_total_hits=True,
                        highlight=_HIGHLIGHT,
                    )
                )

            def ours(text: str = text) -> float:
                return get(connection, "/api/v1/search", [("q", text), ("counts", "true")])

            bare()  # whoever comes first would read from disk for the other
            first, second = (bare, ours) if number % 2 else (ours, bare)
            times = {first: first(), second: second()}
            ratios.append(times[ours] / times[bare])
    return median(ratios)


def _searches_a_second(settings: IndexSettings, texts: list[str]) -> float:
    """What this machine answers, with client and server on the same cores."""
    engine = ElasticsearchEngine(settings)
    searches = [search_for(Request(text=text)) for text in texts]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return len(texts) / timed(lambda: list(pool.map(engine.search, searches)))


def _kinds(folder: Path, count: int) -> dict[str, list[Asked]]:
    """Kind of question → `count` of that kind, as different as the stand-in's words allow."""

    def searching(request: Request) -> Asked:
        search = search_for(request)
        return lambda engine: engine.search(search)

    asked: dict[str, list[Asked]] = {
        kind: [searching(request) for request in questions(kind, count, seed=7)] for kind in KINDS
    }
    asked["similar papers"] = [
        lambda engine, id=id: engine.similar(id, 6)  # type: ignore[misc]
        for id in identifiers(folder, count)
    ]
    asked["suggestions"] = [
        lambda engine, text=text: suggest(engine, text, 8)  # type: ignore[misc]
        for text in unfinished(count, seed=7)
    ]
    return asked


def _beside(kind: str, searches: list[Asked], embedded: SearchEngine, server: SearchEngine) -> Row:
    times: tuple[list[float], list[float]] = ([], [])
    for ask in searches:
        for durations, engine in zip(times, (embedded, server), strict=True):
            started = time.perf_counter()
            ask(engine)
            durations.append(time.perf_counter() - started)
    shown = [f"{milliseconds(median(durations))} / {milliseconds(p95(durations))}" for durations in times]
    return Row(f"{kind}: embedded, median / p95", shown[0], f"Elasticsearch: {shown[1]}")
