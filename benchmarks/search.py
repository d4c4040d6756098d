"""Search at 200,000 papers: the engine against the bare tantivy calls of the same query, and what HTTP adds."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import orjson
import tantivy

from benchmarks.corpus import fill
from benchmarks.measure import Row, milliseconds, p95
from indexer.engines import open_engine
from indexer.engines.embedded import generations
from indexer.engines.embedded.compile import compile
from indexer.engines.embedded.engine import _AGGREGATIONS
from indexer.engines.embedded.schema import STORED, register, schema
from indexer.query.reading import read
from indexer.query.search import Search
from indexer.update import update
from papers.catalogue import Catalogue
from replica.vocabulary import LAST_NAMES, PROBLEMS, SYSTEMS, TOPICS

PAPERS = 200_000
QUERIES = 150
SIZE = 20


def run(papers: int = PAPERS, queries: int = QUERIES) -> list[Row]:
    """Every query with facets, histogram and highlights; none is asked twice, so that no cache helps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, papers)
        with Catalogue(folder) as catalogue:
            update(catalogue, open_engine(folder))
        texts = mix(queries, seed=1)
        bare, own = _engine(folder, texts)
        with served(folder) as connection:
            json, page = _over_http(connection, mix(queries, seed=2), mix(queries, seed=3))
            overhead = _http_overhead(folder, connection, mix(queries, seed=4))
    ratio = median(o / b for o, b in zip(own, bare, strict=True))
    return [
        Row(f"bare tantivy calls, {papers:,} papers, median / p95", _pair(bare)),
        Row("the engine", _pair(own)),
        Row("ratio, median of pairs", f"{ratio:.2f} ×", "at most 1.3 ×"),
        Row("JSON over HTTP", _pair(json), "p95 under 30 ms"),
        Row("page over HTTP", _pair(page), "p95 under 30 ms"),
        Row("JSON adds to the engine, median of pairs", milliseconds(overhead[0]), "under 5 ms"),
        Row("page adds to the engine, median of pairs", milliseconds(overhead[1]), "under 15 ms"),
    ]


def _pair(times: list[float]) -> str:
    return f"{milliseconds(median(times))} / {milliseconds(p95(times))}"


def mix(count: int, seed: int) -> list[str]:
    """Queries as readers ask them: a word, two words, a phrase, a name, a system and a word."""
    chance = random.Random(seed)
    queries: dict[str, None] = {}
    tasks = [task for topic in TOPICS for task, _ in topic.tasks]
    methods = [method for topic in TOPICS for method, _ in topic.methods]
    while len(queries) < count:
        task, method, problem = chance.choice(tasks), chance.choice(methods), chance.choice(PROBLEMS)[0]
        kind = chance.randrange(6)
        word = chance.choice(f"{task} {method} {problem}".split())
        text = (
            f"{word} {chance.choice(LAST_NAMES)}",
            f"{chance.choice(method.split())} {chance.choice(problem.split())} {chance.randint(2, 40)}",
            f'"{method}" {chance.choice(task.split())}',
            f'"{problem}" {chance.choice(SYSTEMS)}',
            f"{chance.choice(SYSTEMS)} {word}",
            f"{word} {chance.randint(1, 98)}.{chance.randint(0, 9)}",
        )[kind]
        queries.setdefault(text)
    return list(queries)


def _engine(folder: Path, texts: list[str]) -> tuple[list[float], list[float]]:
    """The seconds of each query, bare and through the engine, in turn."""
    engine = open_engine(folder)
    generation = generations.current(folder / "index")
    index = tantivy.Index.open(str(folder / "index" / str(generation)))
    register(index)
    searcher = index.searcher()
    bare: list[float] = []
    own: list[float] = []
    for number, text in enumerate(texts):
        search = Search(query=read(text, TODAY).query, size=SIZE, facets=FACETS, histogram=True, highlight=True)
        works: list[tuple[list[float], Callable[[], object]]] = [
            (bare, lambda search=search: _bare(searcher, search)),  # type: ignore[misc]
            (own, lambda search=search: engine.search(search)),  # type: ignore[misc]
        ]
        for times, work in works if number % 2 else reversed(works):
            started = time.perf_counter()
            work()
            times.append(time.perf_counter() - started)
    return bare, own


def _bare(searcher: tantivy.Searcher, search: Search) -> object:
    """The same query with tantivy alone: hits, their stored documents, snippets of title and abstract, counts.

    tantivy's snippets want a document with the text in it, so the stored one is put into such a document.
    """
    query = compile(search.query)
    result = searcher.search(query, SIZE, True)
    snippets = [
        tantivy.SnippetGenerator.create(searcher, query, schema(), name) for name in ("title_en", "abstract_en")
    ]
    hits = []
    for _, address in result.hits:
        stored = orjson.loads(bytes(searcher.doc(address).get_first(STORED)))
        texts = tantivy.Document(title_en=stored["title"]["en"], abstract_en=stored["abstract"]["en"])
        hits.append((stored, [generator.snippet_from_doc(texts).to_html() for generator in snippets]))
    return hits, searcher.aggregate(query, _AGGREGATIONS)


@contextmanager
def served(folder: Path, environment: Mapping[str, str] = {}) -> Iterator[HTTPConnection]:
    """The page on this data folder, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cli.app", "serve", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, env=os.environ | dict(environment), stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/?q=warm", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        connection = HTTPConnection("127.0.0.1", port)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait()


def get(connection: HTTPConnection, path: str, text: str, **more: str) -> float:
    """The seconds of one request."""
    started = time.perf_counter()
    connection.request("GET", f"{path}?{urlencode({'q': text} | more)}")
    response = connection.getresponse()
    response.read()
    assert response.status == 200
    return time.perf_counter() - started


def _over_http(connection: HTTPConnection, json: list[str], page: list[str]) -> tuple[list[float], list[float]]:
    return (
        [get(connection, "/api/v1/search", text, counts="true") for text in json],
        [get(connection, "/", text) for text in page],
    )


def _http_overhead(folder: Path, connection: HTTPConnection, texts: list[str]) -> tuple[float, float]:
    """What JSON and page add to the engine: the same queries, each answered from warm counts in all three."""
    engine = open_engine(folder)
    json, page = [], []
    for text in texts:
        search = Search(query=read(text, TODAY).query, size=SIZE, facets=FACETS, histogram=True, highlight=True)
        for _ in range(2):
            started = time.perf_counter()
            engine.search(search)
            alone = time.perf_counter() - started
        get(connection, "/api/v1/search", text, counts="true")
        json.append(get(connection, "/api/v1/search", text, counts="true") - alone)
        page.append(get(connection, "/", text) - alone)
    return median(json), median(page)
