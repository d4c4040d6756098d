"""The page under load, and what leaves it: requests a second, exports, feeds, and what it all leaves behind.

The load comes from this machine, too: on two cores, page and load share them. BENCH_PAPERS is how many papers the index
has, BENCH_FOLDER a data folder that is there already.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlencode

from pybtex.database import BibliographyData, Entry, Person

from benchmarks.corpus import fill
from benchmarks.measure import Row, milliseconds
from benchmarks.questions import KINDS, questions
from benchmarks.search import PAPERS, get, served
from indexer.engines import open_engine
from indexer.query.search import Search, Sort
from indexer.update import update
from papers.catalogue import Catalogue

CONNECTIONS = 8
_HEADERS = {"Accept-Encoding": "gzip"}


def run(papers: int = PAPERS, requests: int = 10_000, exported: int = 100_000) -> list[Row]:
    with _folder(papers) as folder, served(folder, workers=2) as connection:
        port = connection.port
        _under_load(port, requests // 2)  # until the caches are full
        before = _left_by(port)
        rows = _under_load(port, requests)
        after = _left_by(port)
        rows.append(
            Row(
                f"after {requests:,} requests: memory, open files",
                f"{after[0] - before[0]:+.0f} MB, {after[1] - before[1]:+d}",
                "where they were",
            )
        )
        rows += [_export(port, name, exported) for name in ("bibtex", "csv", "ndjson")]
        rows.append(_bare_bibtex(folder, min(exported, 5_000)))
        connection.close()  # the server has closed it, as nothing was asked for long
        feeds = [get(connection, "/feed", request.parameters()) for request in questions("words", 40, seed=7)]
        rows.append(Row("a feed, median", milliseconds(sorted(feeds)[len(feeds) // 2]), "under 30 ms"))
    return rows


@contextmanager
def _folder(papers: int) -> Iterator[Path]:
    if existing := os.environ.get("BENCH_FOLDER"):
        yield Path(existing)
        return
    with TemporaryDirectory() as name:
        fill(Path(name), papers, bilingual=True)
        with Catalogue(Path(name)) as catalogue:
            update(catalogue, open_engine(Path(name)))
        yield Path(name)


def _under_load(port: int, count: int) -> list[Row]:
    """As many different searches as fast as they are answered, on several connections."""
    kinds = [kind for kind in KINDS if kind != "page 50"]
    addresses: SimpleQueue[str] = SimpleQueue()
    # Sizes make the searches different ones: nothing is answered from a cache that a reader would not meet.
    for number in range(count):
        kind = kinds[number % len(kinds)]
        if number % len(kinds) == 0:
            batch = {each: questions(each, 1, seed=1_000 + number)[0] for each in kinds}
        addresses.put(f"/?{urlencode(batch[kind].parameters())}")
    times: list[float] = []
    faults: list[str] = []

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port)
        while True:
            try:
                address = addresses.get_nowait()
            except Empty:
                return
            started = perf_counter()
            connection.request("GET", address, headers=_HEADERS)
            response = connection.getresponse()
            response.read()
            times.append(perf_counter() - started)
            if response.status not in (200, 302):
                faults.append(f"{response.status} {address}")

    started = perf_counter()
    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (perf_counter() - started)
    slowest = quantiles(times, n=100)[-1]
    return [
        Row(f"searches on {CONNECTIONS} connections", f"{rate:.0f}/s, {len(faults)} errors", "200/s, without an error"),
        Row("the slowest of a hundred", milliseconds(slowest), "under 250 ms"),
    ]


def _export(port: int, name: str, most: int) -> Row:
    """How fast papers come, and how much larger the page's processes are while they do."""
    before, _ = _left_by(port)
    connection = HTTPConnection("127.0.0.1", port)
    started = perf_counter()
    connection.request("GET", f"/export?format={name}")
    response = connection.getresponse()
    papers, largest = 0, before
    sign = {"bibtex": b"@misc{", "csv": b"\r\n", "ndjson": b"\n"}[name]
    while papers < most and (chunk := response.read(1 << 20)):
        papers += chunk.count(sign)
        largest = max(largest, _left_by(port)[0])
    rate = papers / (perf_counter() - started)
    connection.close()
    return Row(
        f"export of {papers:,} papers as {name}", f"{rate:,.0f}/s, {largest - before:+.0f} MB", "5,000/s, flat memory"
    )


def _bare_bibtex(folder: Path, count: int) -> Row:
    """What pybtex takes for entries of the same papers, which are in memory already."""
    documents = open_engine(folder).iterate(Search(sort=Sort.NEWEST))
    papers = [document for document, _ in zip(documents, range(count), strict=False)]
    started = perf_counter()
    data = BibliographyData(
        {
            paper.id: Entry(
                "misc",
                fields=[("title", paper.own_title), ("eprint", paper.id), ("archivePrefix", "arXiv")],
                persons={"author": [Person(name) for name in paper.authors]},
            )
            for paper in papers
        }
    )
    data.to_string("bibtex")
    return Row("pybtex alone, of papers in memory", f"{len(papers) / (perf_counter() - started):,.0f}/s")


def _left_by(port: int) -> tuple[float, int]:
    """Megabytes of memory and open files of the processes that listen on a port."""
    megabytes, files = 0.0, 0
    for process in _listening(port):
        status = (process / "status").read_text()
        # Without the files of the index, which the system maps into memory and takes out again as it likes.
        megabytes += int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) / 1e3
        files += len(list((process / "fd").iterdir()))
    return megabytes, files


def _listening(port: int) -> list[Path]:
    """The processes of the page, and their workers, by the port in their command."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
                parent = (process / "stat").read_text().rpartition(") ")[2].split()[1]
            except OSError:
                continue
            found.append((process, parent, str(port).encode() in command))
    own = {process.name for process, _, is_ours in found if is_ours}
    return [process for process, parent, is_ours in found if is_ours or parent in own]
