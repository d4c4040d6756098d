"""Search, kind by kind: the engine against the bare tantivy calls of the same question, HTTP, and SQLite's own search.

`BENCH_PAPERS` sets how many papers there are.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import orjson
import tantivy
from tantivy import Order

from benchmarks.corpus import fill
from benchmarks.measure import Row, milliseconds, p95
from benchmarks.questions import KINDS, TODAY, identifiers, misspelt, questions, unfinished
from indexer.engine import SearchEngine
from indexer.engines import open_engine
from indexer.engines.embedded import generations
from indexer.engines.embedded.compile import Compiler, filtered
from indexer.engines.embedded.schema import STORED, register
from indexer.fields import SEARCHED, SORT_FIELDS
from indexer.find import find, search_of
from indexer.query.reading import read
from indexer.query.request import Request
from indexer.query.search import Search, Sort
from indexer.query.tree import ALL
from indexer.update import update
from papers.catalogue import Catalogue
from search_ui.filters import FACETS_SHOWN

PAPERS = int(os.environ.get("BENCH_PAPERS", 200_000))
QUERIES = 60


def run(papers: int = PAPERS, queries: int = QUERIES) -> list[Row]:
    """Every question with facets, histogram and highlights; none is asked twice, so that no cache helps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, papers, bilingual=True)
        with Catalogue(folder) as catalogue:
            update(catalogue, open_engine(folder))
        rows = _against_tantivy(folder, queries)
        rows += _over_http(folder, queries, papers)
        rows += _against_sqlite(folder, queries)
    return rows


def _pair(times: Sequence[float]) -> str:
    return f"{milliseconds(median(times))} / {milliseconds(p95(list(times)))}"


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def search_for(request: Request) -> Search:
    """The first tier of a request, as the page asks for it."""
    return search_of(request, read(request.text, TODAY), facets=FACETS_SHOWN, histogram=True, highlight=True)


# The engine


def _against_tantivy(folder: Path, count: int) -> list[Row]:
    engine, bare = open_engine(folder), Bare(folder)
    rows, ratios = [], []
    for kind in KINDS:
        times: dict[str, list[float]] = {"bare": [], "own": []}
        for number, request in enumerate(questions(kind, count, seed=1)):
            search = search_for(request)
            works = [("bare", lambda s=search: bare.search(s)), ("own", lambda s=search: engine.search(s))]
            for name, work in works if number % 2 else reversed(works):
                times[name].append(seconds(work))  # type: ignore[arg-type]
        ratios += [own / other for own, other in zip(times["own"], times["bare"], strict=True)]
        ratio = median(own / other for own, other in zip(times["own"], times["bare"], strict=True))
        rows.append(Row(f"{kind}: bare tantivy calls, median / p95", _pair(times["bare"])))
        rows.append(Row(f"{kind}: the engine, median / p95; ratio", f"{_pair(times['own'])}; {ratio:.2f} ×"))
    rows.append(Row("all kinds: ratio, median of pairs", f"{median(ratios):.2f} ×", "at most 1.3 ×"))
    rows.append(
        Row(
            "similar papers", _pair([seconds(lambda id=id: engine.similar(id, 6)) for id in identifiers(folder, count)])
        )
    )  # type: ignore[misc]
    return rows + _tiers(engine, count) + _cold(folder)


def _tiers(engine: SearchEngine, count: int) -> list[Row]:
    """What is added by later tiers, for questions that find nothing at once."""
    first, whole = [], []
    for request in misspelt(count, seed=2):
        first.append(seconds(lambda r=request: engine.search(search_for(r))))  # type: ignore[misc]
        whole.append(seconds(lambda r=request: find(engine, r, today=TODAY)))  # type: ignore[misc]
    plain = [seconds(lambda r=request: engine.search(search_for(r))) for request in questions("words", count, seed=3)]  # type: ignore[misc]
    return [
        Row("nothing at once: the first tier", _pair(first)),
        Row("nothing at once: all tiers, corrections", _pair(whole)),
        Row("later tiers add, median of pairs", milliseconds(median(w - f for w, f in zip(whole, first, strict=True))),
            "under 10 ms"),
        Row("a plain search of two words and a number", _pair(plain)),
    ]  # fmt: skip


def _cold(folder: Path) -> list[Row]:
    """A stop word, and everything by date, in an engine that has just been opened."""
    requests = {"a stop word": Request(text="the"), "everything": Request(sort=Sort.NEWEST)}
    cold = {
        name: seconds(lambda r=request: open_engine(folder).search(search_for(r)))  # type: ignore[misc]
        for name, request in requests.items()
    }
    return [Row(f"{name}, cold", milliseconds(took), "under 60 ms") for name, took in cold.items()]


_SNIPPETS = ("title_en", "title_zh", "abstract_en", "abstract_zh")


class Bare:
    """The same questions with tantivy alone."""

    def __init__(self, folder: Path) -> None:
        generation = folder / "index" / str(generations.current(folder / "index"))
        self._index = tantivy.Index.open(str(generation))
        register(self._index)
        self._searcher = self._index.searcher()
        self._compiler = Compiler(self._index.schema, {field.name for field in SEARCHED} | {"title_exact"})

    def search(self, search: Search) -> object:
        """Hits, their stored documents, snippets of title and abstract, counts.

        tantivy's snippets want a document with the text in it, so the stored one is put into such a document.
        """
        compile = self._compiler.compile
        query = filtered(compile(search.query), None if search.filters == ALL else compile(search.filters))
        order = SORT_FIELDS.get(search.sort)
        result = self._searcher.search(query, search.size, True, order, search.offset, Order.Desc)
        snippets = [
            tantivy.SnippetGenerator.create(self._searcher, query, self._index.schema, name) for name in _SNIPPETS
        ]
        hits = []
        for _, address in result.hits:
            stored = orjson.loads(bytes(self._searcher.doc(address).get_first(STORED)))  # type: ignore[arg-type]
            texts = tantivy.Document(**{f"{name}_{language}": text for name in ("title", "abstract")
                                        for language, text in stored[name].items()})  # fmt: skip
            hits.append((stored, [generator.snippet_from_doc(texts).to_html() for generator in snippets]))
        counts = {name: {"terms": {"field": name, "size": 65_000}} for name in (*search.facets, "month")}
        return hits, self._searcher.aggregate(query, counts)


# Over HTTP


@contextmanager
def served(folder: Path, environment: Mapping[str, str] = {}, workers: int = 1) -> Iterator[HTTPConnection]:
    """The page on this data folder, in processes of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cli.app", "serve", "--port", str(port), "--workers", str(workers),
               "--data", str(folder)]  # fmt: skip
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


def get(connection: HTTPConnection, path: str, parameters: Sequence[tuple[str, str]]) -> float:
    """The seconds of one request."""
    started = time.perf_counter()
    connection.request("GET", f"{path}?{urlencode(parameters)}")
    response = connection.getresponse()
    response.read()
    assert response.status == 200, (path, parameters)
    return time.perf_counter() - started


def _over_http(folder: Path, count: int, papers: int) -> list[Row]:
    large = papers > 500_000
    rows, mix = [], []
    with served(folder) as connection:
        for kind in KINDS:
            pages = [get(connection, "/", request.parameters()) for request in questions(kind, count, seed=4)]
            deep = kind == "page 50"
            target = f"p95 under {60 if large else 30} ms" if deep else ""
            mix += [] if deep else pages
            rows.append(Row(f"{kind}: page over HTTP, median / p95", _pair(pages), target))
        similar = [get(connection, f"/paper/{quote(id)}", []) for id in identifiers(folder, count)]
        suggested = [get(connection, "/api/v1/suggest", [("q", text)]) for text in unfinished(count, seed=5)]
        json = [
            get(connection, "/api/v1/search", [*request.parameters(), ("counts", "true")])
            for request in questions("words", count, seed=6)
        ]
        front = get(connection, "/", [])
    limit = 40 if large else 20
    return [
        *rows,
        Row("a paper with similar ones over HTTP", _pair(similar)),
        Row("all kinds but page 50 over HTTP", _pair([*mix, *similar]), f"p95 under {limit} ms"),
        Row("suggestions over HTTP", _pair(suggested), "p95 under 10 ms"),
        Row("words: JSON over HTTP", _pair(json)),
        Row("front page, cold", milliseconds(front)),
    ]


# SQLite


def _against_sqlite(folder: Path, count: int) -> list[Row]:
    """What SQLite's full-text search takes for words and phrases, with snippets and a total, but without counts."""
    engine = open_engine(folder)
    rows = []
    with closing(sqlite3.connect(folder / "fts.sqlite")) as connection:
        connection.execute("CREATE VIRTUAL TABLE paper USING fts5(id, title, abstract, authors, tokenize='porter')")
        with Catalogue(folder) as catalogue, connection:
            connection.executemany(
                "INSERT INTO paper VALUES (?, ?, ?, ?)",
                ((p.id, p.title, p.abstract, " ".join(p.authors)) for p in catalogue.papers()),
            )
        for kind in ("words", "a phrase"):
            own, other = [], []
            for request in questions(kind, count, seed=7):
                search = search_of(request, read(request.text, TODAY), highlight=True)
                own.append(seconds(lambda s=search: engine.search(s)))  # type: ignore[misc]
                other.append(seconds(lambda t=request.text: _sqlite(connection, t)))  # type: ignore[misc]
            ratio = median(o / s for o, s in zip(own, other, strict=True))
            rows.append(Row(f"{kind}: SQLite FTS5, median / p95; the engine's ratio", f"{_pair(other)}; {ratio:.2f} ×"))
    return rows


def _sqlite(connection: sqlite3.Connection, text: str) -> object:
    # Each word in quotes: SQLite reads a hyphen as an operator.
    text = " ".join(part if part[0] == '"' else f'"{part}"' for part in re.findall(r'"[^"]*"|\S+', text))
    hits = connection.execute(
        "SELECT id, snippet(paper, 1, '<b>', '</b>', '…', 20), snippet(paper, 2, '<b>', '</b>', '…', 40) "
        "FROM paper WHERE paper MATCH ? ORDER BY rank LIMIT 20",
        (text,),
    ).fetchall()
    (total,) = connection.execute("SELECT count(*) FROM paper WHERE paper MATCH ?", (text,)).fetchone()
    return hits, total
