"""Middleware for every request and response: methods, headers, and unexpected exceptions.

Starlette answers an exception without a handler outside of all middleware. That answer has none of these headers, and
the server closes the connection without notice. So such exceptions are caught here.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import cast

from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_ui.layout import API

# Nothing is loaded from other sites, only our own script files run, and no site may show the page in a frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
METHODS = ("GET", "HEAD", "OPTIONS")
_DAY_SECONDS = 86_400


class Door:
    """Sets the headers of every response. Answers OPTIONS, unexpected exceptions, and HEAD as GET without the body.

    `root` is the path under which a proxy serves the page. The proxy may leave it in a request or strip it.
    `unexpected` makes the answer to an exception that no handler knows.
    """

    def __init__(self, app: ASGIApp, *, root: str, unexpected: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._root = root
        self._unexpected = unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _path_below(self._root, scope["path"])
        # ASGI defines `path` as including `root_path`.
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

        if method == "OPTIONS" and (allowed := methods(cast(FastAPI, scope["app"]), scope)):
            await Response(status_code=204, headers={"Allow": ", ".join(allowed)})(scope, receive, send_with_headers)
            return
        inner_scope = {**scope, "method": "GET"} if method in METHODS else scope
        inner_scope["state"] = {**scope.get("state", {}), "begun": perf_counter(), "is_head": method == "HEAD"}
        try:
            await self._app(inner_scope, receive, send_with_headers)
        except Exception as error:
            answer = self._unexpected(Request(inner_scope), error)
            if begun:  # a part is sent already: close the connection, so that nobody takes it for the whole answer
                raise
            await answer(inner_scope, receive, send_with_headers)


def _path_below(root: str, path: str) -> str:
    """The path without `root`, as the routes have it."""
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path


def methods(app: FastAPI, scope: Scope) -> tuple[str, ...]:
    """The methods that are answered at the path of a request; () where there is nothing."""
    known = [
        method
        for method in ("GET", "POST")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    return (*METHODS, "POST") if "POST" in known else METHODS if known else ()


def _caching(path: str, status: int) -> str:
    if status >= 300:
        return "no-store"
    if path.startswith("/static/"):
        return f"public, max-age={_DAY_SECONDS}"
    return "no-cache" if path.startswith(API) else "private, no-cache"
