"""Deadlines for connections: a client that is silent, sends half a request, or does not read its answer is cut off.

uvicorn has a deadline between two requests, but not before the first request or within one.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0  # from the start of the connection or of a later request, until the request is complete
READING_SECONDS = 30.0  # how long a client may read nothing of its answer
MOST_CONNECTIONS = 1000
_OTHER_DESCRIPTORS = 64  # open files of the index, of the catalogue, and of Python itself
_SECONDS_BETWEEN_LINES = 60.0


def most_connections() -> int:
    """How many connections may be open at once: fewer if the system allows this process few file descriptors."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, min(MOST_CONNECTIONS, allowed - _OTHER_DESCRIPTORS))


class _Log:
    """Writes at most one line a minute for all connections that were closed."""

    def __init__(self) -> None:
        self._count = 0
        self._next = 0.0

    def closed(self, why: str) -> None:
        self._count += 1
        now = time.monotonic()
        if now >= self._next:
            logger.warning("Connections closed since the last such line: %d; the last one %s", self._count, why)
            self._count, self._next = 0, now + _SECONDS_BETWEEN_LINES


_log = _Log()


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with deadlines."""

    _deadline: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_request()
        super().data_received(data)

    def on_message_complete(self) -> None:
        self._cancel_deadline()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._cancel_reading()
        self._reading = self.loop.call_later(READING_SECONDS, self._close, "did not read its answer")

    def resume_writing(self) -> None:
        self._cancel_reading()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        self._cancel_reading()
        super().connection_lost(exc)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cancel_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _wait_for_request(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close, "sent no whole request")

    def _close(self, why: str) -> None:
        _log.closed(f"{why} in time ({self.client[0] if self.client else 'unknown'})")
        transport: Any = self.transport
        transport.abort()
