"""Middleware that asks for a password, and that answers one address only so often."""

from __future__ import annotations

import base64
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Collection

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# What may be asked without a password: whether the page is up, and to get no more mails.
_OPEN = ("/livez", "/readyz")
_OPEN_START = "/unsubscribe/"
# So many addresses are remembered; the one that was seen longest ago is forgotten first.
_MOST_ADDRESSES = 10_000
_REALM = 'Basic realm="Paperglot", charset="UTF-8"'


class Rate:
    """Counts requests by address: so many in `seconds` on average, and as many at once."""

    def __init__(self, count: int, seconds: float = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = count / seconds
        self._most = float(count)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address → (requests left, as of when)

    def seconds_to_wait(self, address: str) -> float:
        """0 if a request of this address may be answered now, which then counts; else how long to wait."""
        now = self._clock()
        left, since = self._buckets.pop(address, (self._most, now))
        left = min(self._most, left + (now - since) * self._per_second)
        wait = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._buckets[address] = (left if wait else left - 1, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait


class Admission:
    """Lets requests in. `password` "" lets everybody in, `rate` None lets in as many as come.

    The rate counts for no request that a trusted proxy passed on: the proxy has limits of its own.
    `answer` makes the answer with a status and a sentence.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        password: str,
        rate: Rate | None,
        proxies: Collection[str],
        answer: Callable[[Request, int, str], Response],
    ) -> None:
        self._app = app
        self._password = password
        self._rate = rate
        self._proxies = frozenset(proxies)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        path = request.scope["path"].removeprefix(request.scope["root_path"])
        if path in _OPEN:
            return None
        if self._password and not path.startswith(_OPEN_START) and not _has_password(request, self._password):
            response = self._answer(request, 401, "This page asks for a password.")
            response.headers["WWW-Authenticate"] = _REALM
            return response
        address, port = request.scope.get("client") or ("", 0)
        # The server gives the port 0 to an address that a proxy has named.
        if self._rate is None or port == 0 or address in self._proxies or path.startswith("/static/"):
            return None
        wait = self._rate.seconds_to_wait(address)
        if not wait:
            return None
        response = self._answer(request, 429, "Too many requests came from your address. Wait a little.")
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response


def _has_password(request: Request, password: str) -> bool:
    """Whether the request has the password; the name beside it does not matter."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return False
    return hmac.compare_digest(given.encode(), password.encode())
