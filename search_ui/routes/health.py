"""`/livez`, `/readyz` and `/metrics`: for monitoring."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from operate import metrics
from papers.errors import PaperglotError
from search_ui.layout import engine
from search_ui.standing import facts

router = APIRouter(include_in_schema=False)


@router.get("/livez")
def alive() -> Response:
    """200 as long as this process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """200 if this page can answer a search now, else 503 with a sentence that says why."""
    try:
        engine(request).check()
    except PaperglotError as error:
        return JSONResponse({"ready": False, "sentence": str(error)}, 503)
    return JSONResponse({"ready": True})


@router.get("/metrics")
def gauges(request: Request) -> Response:
    """Metrics in Prometheus's text format. If the catalogue is on another machine, only those of the index."""
    current = facts(request)
    if current is not None:
        return Response(metrics.text(current), media_type=metrics.CONTENT_TYPE)
    try:
        state = engine(request).state()
    except PaperglotError:
        state = None
    return Response(metrics.of_index(state), media_type=metrics.CONTENT_TYPE)
