"""The way to Zotero: where it asks for a pause, it gets one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx2

from papers.errors import PaperglotError

_TRIES = 5
_FIRST_PAUSE = 5.0  # seconds, where Zotero does not say how long
_BUSY = (429, 503)


class ZoteroUnavailable(PaperglotError):
    """Raised by `Patient`: Zotero cannot be reached, or asks for too long a pause. What was pushed before stays."""


class Patient(httpx2.BaseTransport):
    """Repeats what Zotero refuses for a while, after the pause that it asks for, and obeys its `Backoff`.

    `most` is the longest pause, in seconds. A request that was refused has changed nothing.
    """

    def __init__(
        self,
        transport: httpx2.BaseTransport,
        most: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport, self._most = transport, most
        self._sleep, self._clock = sleep, clock
        self._free_at = 0.0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises ZoteroUnavailable."""
        pause = _FIRST_PAUSE
        for _ in range(_TRIES):
            if (wait := self._free_at - self._clock()) > self._most:
                raise ZoteroUnavailable(f"Zotero asks for a pause of {wait:.0f} s: run the command again after it.")
            if wait > 0:
                self._sleep(wait)
            try:
                response = self._transport.handle_request(request)
            except httpx2.TransportError as error:
                where = f"{request.url.scheme}://{request.url.netloc.decode()}"
                # What went wrong in the protocol may repeat a header, and so the key.
                reason = type(error).__name__ if isinstance(error, httpx2.ProtocolError) else error
                raise ZoteroUnavailable(f"Zotero cannot be reached at {where}: {reason}.") from error
            asked = _seconds(response)
            if response.status_code not in _BUSY:
                self._free_at = self._clock() + (asked or 0.0)
                for name in ("Backoff", "Retry-After"):
                    response.headers.pop(name, None)  # obeyed here: pyzotero would wait once more
                return response
            response.close()
            self._free_at = self._clock() + (pause if asked is None else asked)
            pause *= 2
        raise ZoteroUnavailable(f"Zotero was asked {_TRIES} times and is too busy: run the command again later.")

    def close(self) -> None:
        self._transport.close()


def _seconds(response: httpx2.Response) -> float | None:
    """The pause that an answer asks for; None where it asks for none, or names a date, which Zotero does not."""
    texts = (response.headers.get("Backoff"), response.headers.get("Retry-After"))
    numbers = [float(text) for text in texts if text and re.fullmatch(r"\d{1,9}(\.\d+)?", text)]
    return max(numbers, default=None)
