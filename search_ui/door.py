"""What every request and every answer passes: methods, headers, and what nobody expected.

Starlette answers an exception that no handler knows outside of all middleware, without these headers, and lets the
server close the connection unannounced. So it is caught here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_ui.layout import API

# Nothing is loaded from elsewhere, no script runs, nothing may frame the page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
METHODS = ("GET", "HEAD", "OPTIONS")
_A_DAY = 86_400


class Door:
    """Middleware. HEAD is answered as GET without a body, OPTIONS with the methods that there are.

    `root` is the path below which a proxy has the page. The proxy may leave it in a request or take it away.
    """

    def __init__(self, app: ASGIApp, *, root: str, unexpected: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._root = root
        self._unexpected = unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _below(self._root, scope["path"])
        # As ASGI has it: the path holds the root.
        scope = {**scope, "root_path": self._root, "path": self._root + path}
        method, begun = scope["method"], False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Cache-Control"] = _caching(path, message["status"])
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        if method == "OPTIONS" and _is_known(cast(FastAPI, scope["app"]), scope):
            await Response(status_code=204, headers={"Allow": ", ".join(METHODS)})(scope, receive, send_with_headers)
            return
        inside = {**scope, "method": "GET"} if method in METHODS else scope
        try:
            await self._app(inside, receive, send_with_headers)
        except Exception as error:
            answer = self._unexpected(Request(inside), error)
            if begun:  # half of it is on its way: the connection is closed, so that nobody takes it for whole
                raise
            await answer(inside, receive, send_with_headers)


def _below(root: str, path: str) -> str:
    """The path that the routes know."""
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path


def _is_known(app: FastAPI, scope: Scope) -> bool:
    return any(route.matches({**scope, "method": "GET"})[0] is Match.FULL for route in app.routes)


def _caching(path: str, status: int) -> str:
    if status >= 300:
        return "no-store"
    if path.startswith("/static/"):
        return f"public, max-age={_A_DAY}"
    return "no-cache" if path.startswith(API) else "private, no-cache"
