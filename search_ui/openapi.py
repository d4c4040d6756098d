"""The OpenAPI document of the API: that of FastAPI, with the problems that are really answered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

PROBLEM = "application/problem+json"


class ProblemOut(BaseModel):
    """What went wrong (RFC 9457). `detail` is a sentence that says what to do."""

    type: str
    title: str
    status: int
    detail: str


def problem(status: int, sentence: str) -> dict[str, Any]:
    """The values of a ProblemOut. A problem has no page of its own, so its type is the status alone."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}


def described(sentence: str) -> dict[str, Any]:
    """A response of the document that is a problem."""
    return {"description": sentence, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}}


ERRORS: dict[int | str, dict[str, Any]] = {
    400: described("A parameter cannot be used"),
    401: described("The page asks for a password"),
    405: described("Only GET, HEAD and OPTIONS are answered"),
    429: described("Too many requests came from this address"),
    503: described("There is no index to search, or the catalogue is elsewhere"),
}


def document_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The function that makes the document, once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            whole = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                servers=app.servers or [{"url": "/"}],
            )
            for path in whole["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)  # FastAPI's own; here it is 400
            schemas = whole["components"]["schemas"]
            schemas["ProblemOut"] = ProblemOut.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            app.openapi_schema = whole
        return app.openapi_schema

    return document
