"""Entity tags: an answer that the reader already has is not sent again."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

_KEPT = ("etag", "vary", "last-modified", "cache-control")


def unless_known(request: Request, response: Response, content: bytes | None = None) -> Response:
    """The response with an entity tag; or 304 without a body, where the request says that it has this one.

    `content` is what tells one answer from another, where that is not the body.
    """
    body = bytes(response.body) if content is None else content
    # Weak: the body may be compressed on its way, and what is not in `content` may differ.
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    response.headers["ETag"] = tag
    if response.status_code != 200 or tag not in _tags(request.headers.get("if-none-match", "")):
        return response
    headers = {name: value for name, value in response.headers.items() if name in _KEPT}
    return Response(status_code=304, headers=headers)


def _tags(header: str) -> list[str]:
    return [f"W/{tag.strip().removeprefix('W/')}" for tag in header.split(",")]
