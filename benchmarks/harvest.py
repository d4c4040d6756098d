"""A harvest of OAI-PMH into the catalogue: records a second beyond the waiting for the site, memory and disk.

The stand-in's pages are made before, and served from memory by another process.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from pathlib import Path
from subprocess import run as run_process
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.corpus import LAST_DAY
from benchmarks.measure import Row
from benchmarks.parse import LongWorld
from papers.catalogue import Catalogue
from papers.store import FILE
from replica import oai
from replica.world import listing_day_before

RECORDS, PAGE = 300_000, 2_000
FIRST = str(LAST_DAY - timedelta(days=400))
_NOTHING = b"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch"/></OAI-PMH>"""
_DISTINCT = 20  # pages that are made; the others are the same papers with other numbers
_HARVEST = """
import json, resource, sys, time
from pathlib import Path
from crawler.plan import Run
from crawler.run import run
started = time.perf_counter()
(report,) = run([Run("arxiv_oai", {"sets": "all", "from": sys.argv[2]})], Path(sys.argv[1]), quiet=True)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
outcomes = [str(attempt.outcome) for attempt in report.attempts]
print(json.dumps([time.perf_counter() - started, report.new, report.requests, peak, outcomes]))
"""


def run(records: int = RECORDS, page: int = PAGE) -> list[Row]:
    """`records` raw records, `page` on each page, as a crawl without delays brings them."""
    import orjson

    with tempfile.TemporaryDirectory() as name, _served(records, page) as address:
        folder = Path(name) / "data"
        environment = os.environ | {
            "PAPERGLOT_CRAWL_SITES__ARXIV_OAI__URL": address,
            "PAPERGLOT_CRAWL_SITES__ARXIV_SERVICES__DELAY": "0",
            "PAPERGLOT_CRAWL_PACE_FOLDER": f"{name}/pace",
            "PAPERGLOT_DATA": str(folder),
        }
        process = run_process(
            [sys.executable, "-c", _HARVEST, str(folder), FIRST],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr[-2000:]
        seconds, new, requests, peak, outcomes = orjson.loads(process.stdout.splitlines()[-1])
        assert outcomes == ["complete"], outcomes
        size = (folder / FILE).stat().st_size
        with Catalogue(folder) as catalogue:
            assert catalogue.count() == new
    return [
        Row(f"{new:,} records on {requests:,} pages, kept in", f"{seconds:.1f} s"),
        Row("records a second", f"{new / seconds:,.0f}", "over 3,000"),
        Row("memory of the crawl", f"{peak / 1024:.0f} MB", "does not grow"),
        Row("the catalogue, for a paper and source", f"{size / new:,.0f} bytes", "under 5,000"),
    ]


def _pages(records: int, page: int) -> list[bytes]:
    """Pages of records whose numbers are all different, with a token on each but the last."""
    count = -(-records // page)
    made: list[str] = []
    day = LAST_DAY
    for _ in range(min(count, _DISTINCT)):
        query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": str(day), "until": str(day)}
        body = oai.respond(LongWorld(papers_a_day=page), "/oai", query, LAST_DAY, {}, page).body
        made.append(re.sub(r"<resumptionToken.*</resumptionToken>", "", body))
        day = listing_day_before(day)
    pages = []
    for number in range(count):
        # Made now: an older answer would be one of a cache.
        body = made[number % len(made)].replace(f"{LAST_DAY}T12:00:00Z", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        # `2611.00001` becomes `0101.00001`, `0102.00001` …: other papers with the same texts.
        prefix = f"{number // 12 + 1:02}{number % 12 + 1:02}."
        for month in {f"{LAST_DAY:%y%m}.", f"{day:%y%m}."}:
            body = body.replace(f">{month}", f">{prefix}").replace(f":{month}", f":{prefix}")
        token = f"<resumptionToken>{number + 1}</resumptionToken>" if number + 1 < count else ""
        pages.append(body.replace("</ListRecords>", f"{token}</ListRecords>").encode())
    return pages


@contextmanager
def _served(records: int, page: int) -> Iterator[str]:
    """The address of a server with these pages, in a process of its own, so that its work is not counted."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    server = context.Process(target=_serve, args=(records, page, sender), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{receiver.recv()}"
    finally:
        server.kill()
        server.join()


def _serve(records: int, page: int, sender: Any) -> None:
    pages = _pages(records, page)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            is_page = self.path.startswith("/oai")
            body = pages[int(query.get("resumptionToken", ["0"])[0])] if is_page else b""
            if query.get("from", [FIRST]) != [FIRST]:  # the harvest looks at the last days again
                body = _NOTHING
            self.send_response(200 if is_page else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    sender.send(server.server_address[1])
    server.serve_forever()
