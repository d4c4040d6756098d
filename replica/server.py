"""The sites over HTTP on 127.0.0.1, each on a port of its own, in threads of this process."""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from replica import arxiv, feeds, huggingface, oai
from replica.faults import Fault
from replica.recorded import Recorded, find
from replica.reply import SITES, Reply, error
from replica.world import World, listing_day_before

HOST = "127.0.0.1"
_OAI_ID = re.compile(rb"<identifier>oai:arXiv\.org:([^<]+)</identifier>")


class Request(NamedTuple):
    """One request that the stand-in received."""

    at: float  # time.monotonic
    site: str
    path: str  # with its query
    headers: Mapping[str, str]
    status: int


class Replica:
    """The stand-in. `with Replica(World()) as replica: replica.url("arxiv") …`"""

    def __init__(
        self,
        world: World,
        *,
        today: date,
        recorded: list[Recorded] | None = None,
        ports: Sequence[int] = (0,) * len(SITES),
        records_a_page: int = oai.RECORDS_A_PAGE,
    ) -> None:
        """Open all sites as of `today`. Port 0 means any free port. Raises OSError if a port is taken.

        With `recorded`, only those pages and robots.txt are served.
        """
        self.world = world
        self.today = today
        self.recorded = recorded
        self.records_a_page = records_a_page
        self.moved: dict[str, date] = {}  # id → the datestamp of a record that changed once more
        self.last_records: list[str] = []  # the ids on the last page of OAI-PMH
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._servers: dict[str, ThreadingHTTPServer] = {}
        try:
            for site, port in zip(SITES, ports, strict=True):
                self._servers[site] = _Server((HOST, port), self, site)
        except OSError:
            self._close()
            raise

    def url(self, site: str) -> str:
        """The address of a site, without a slash at its end."""
        return f"http://{HOST}:{self._servers[site].server_address[1]}"

    def respond(self, site: str, target: str, today: date | None = None) -> Reply:
        """The answer to a request. It depends only on the arguments, on `today`, and on the records that moved."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        today = today or self.today
        if self.recorded is not None and parts.path != "/robots.txt":
            page = find(self.recorded, site, parts.path, query)
            if page:
                return Reply(page.status, page.content_type, page.body.decode("utf-8", "surrogateescape"))
            return error(404, "404 Not Found")
        match site:
            case "arxiv":
                return arxiv.respond(self.world, parts.path, query, today)
            case "arxiv_rss":
                return feeds.respond(self.world, parts.path, today)
            case "arxiv_oai":
                return oai.respond(self.world, parts.path, query, today, self.moved, self.records_a_page)
            case _:
                return huggingface.respond(self.world, parts.path, query, today)

    def take_fault(self, target: str) -> Fault | None:
        """The first fault that matches this path, used up by one; None if there is none."""
        with self._lock:
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.path, target):
                    fault.times -= 1
                    return fault
        return None

    def note(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def pages_asked(self, site: str | None = None) -> list[str]:
        """The requested paths with their queries, in order, without robots.txt; of one site if `site` is given."""
        return [r.path for r in self.requests if r.path != "/robots.txt" and site in (None, r.site)]

    def __enter__(self) -> Self:
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for server in self._servers.values():
            server.shutdown()
        self._close()

    def _close(self) -> None:
        for server in self._servers.values():
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A port that is in use must be an error: it must not be shared.
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], replica: Replica, site: str) -> None:
        self.replica = replica
        self.site = site
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A crawl that was killed breaks its connection; that is not an error of this server.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        replica, site = self.server.replica, self.server.site
        at = time.monotonic()
        fault = replica.take_fault(self.path) or Fault("")
        status, content_type, body, headers = self._answer(fault)
        time.sleep(fault.delay)
        replica.note(Request(at, site, self.path, dict(self.headers.items()), status))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if fault.states_length:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: int(len(body) * fault.sent)])
        if fault.sent < 1 or not fault.states_length:
            self.close_connection = True

    def _answer(self, fault: Fault) -> tuple[int, str, bytes, Mapping[str, str]]:
        """(status, content type, body, headers) of the answer, as a fault makes it."""
        replica, site = self.server.replica, self.server.site
        if fault.before:
            fault.before(replica)
        if fault.body is not None:
            return fault.status, "text/html; charset=utf-8", fault.body, fault.headers
        reply = replica.respond(site, self.path, listing_day_before(replica.today) if fault.late else None)
        body = reply.body.encode("utf-8", "surrogateescape")
        if site == "arxiv_oai":
            replica.last_records = [id.decode() for id in _OAI_ID.findall(body)]
        headers = {**reply.headers, **fault.headers}
        status = fault.status if fault.status != 200 else reply.status
        if fault.change:
            body = fault.change(body)
        elif site == "arxiv_rss" and status == 200:
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers |= {"ETag": etag, "Cache-Control": "max-age=3600"}
            if self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
        return status, reply.content_type, body, headers

    def log_message(self, format: str, *args: object) -> None:
        pass
