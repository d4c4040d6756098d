"""The two sites over HTTP on 127.0.0.1, each on a port of its own, in threads of this process."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from replica import arxiv, huggingface
from replica.recorded import Recorded, find
from replica.world import World

HOST = "127.0.0.1"


class Request(NamedTuple):
    """One request that the stand-in received."""

    at: float  # time.monotonic
    site: str
    path: str  # with its query
    headers: Mapping[str, str]
    status: int


@dataclass(slots=True)
class Fault:
    """A wrong answer for the next `times` requests whose path matches."""

    path: str  # a regular expression
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # None: the page itself, with `status`
    delay: float = 0.0  # seconds before the answer
    times: int = 1


class Replica:
    """The stand-in. `with Replica(World()) as replica: replica.arxiv_url …`"""

    def __init__(
        self,
        world: World,
        *,
        today: date,
        recorded: list[Recorded] | None = None,
        ports: tuple[int, int] = (0, 0),
    ) -> None:
        """Open both sites as of `today`. Port 0 means any free port. Raises OSError if a port is taken.

        With `recorded`, only those pages and robots.txt are served.
        """
        self.world = world
        self.today = today
        self.recorded = recorded
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._servers: list[ThreadingHTTPServer] = []
        try:
            for site, port in zip(("arxiv", "huggingface"), ports, strict=True):
                self._servers.append(_Server((HOST, port), self, site))
        except OSError:
            self._close()
            raise

    @property
    def arxiv_url(self) -> str:
        return f"http://{HOST}:{self._servers[0].server_address[1]}"

    @property
    def huggingface_url(self) -> str:
        return f"http://{HOST}:{self._servers[1].server_address[1]}"

    def respond(self, site: str, target: str) -> tuple[int, str, bytes]:
        """(status, content type, body) of the answer to a request. It depends only on the arguments and `today`."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        pages = arxiv if site == "arxiv" else huggingface
        if self.recorded is not None and parts.path != "/robots.txt":
            page = find(self.recorded, site, parts.path, query)
            if page:
                return page.status, page.content_type, page.body
            return 404, "text/html", arxiv.error("404 Not Found").encode()
        status, content_type, body = pages.respond(self.world, parts.path, query, self.today)
        return status, content_type, body.encode()

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
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for server in self._servers:
            server.shutdown()
        self._close()

    def _close(self) -> None:
        for server in self._servers:
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
        fault = replica.take_fault(self.path)
        headers: Mapping[str, str] = {}
        if fault and fault.body is not None:
            status, content_type, body = fault.status, "text/html; charset=utf-8", fault.body
        else:
            status, content_type, body = replica.respond(site, self.path)
            status = fault.status if fault else status
        if fault:
            headers = fault.headers
            time.sleep(fault.delay)
        replica.note(Request(at, site, self.path, dict(self.headers.items()), status))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
