"""The web application: its routes, and how it answers errors."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from delivery.alerts.settings import AlertsSettings
from delivery.channels.settings import MailSettings
from delivery.messages import Messages
from delivery.settings import PageSettings
from indexer.engine import SearchEngine
from indexer.engines import open_engine
from indexer.settings import IndexSettings
from operate.log import LogSettings, set_up
from papers.errors import PaperglotError
from papers.settings import data_folder
from search_ui.admission import Admission, Rate
from search_ui.door import Door, methods
from search_ui.layout import API, is_api, page, static_version, words
from search_ui.openapi import ERRORS, PROBLEM, document_of, problem
from search_ui.routes import (
    alerts,
    api,
    api_search,
    changes,
    coverage,
    days,
    export,
    feed,
    health,
    mine,
    paper,
    preferences,
    rank,
    runs,
    search,
    site,
    statistics,
    topics,
    trending,
    unsubscribe,
)

logger = logging.getLogger(__name__)

_PAGES = (
    search, paper, changes, trending, topics, days, rank, mine, statistics, export, feed, alerts, unsubscribe, coverage,
    runs, health, preferences, site,
)  # fmt: skip
# Pages whose data the API gives, too.
_TWINS = (topics, rank, statistics, export, feed, changes, trending)
STATIC = Path(__file__).parent / "static"
# With the embedded engine, requests compute and do not wait. With forty threads, as the server has by itself, they
# hinder each other: a fifth fewer are answered, and the slowest of a hundred takes half as long again.
_THREADS = 3
# Twice as fast as the usual 6, and the pages of results are a tenth larger.
_COMPRESSION = 3


def create() -> FastAPI:
    """The application for the data folder that the environment names. uvicorn's workers call this."""
    set_up(LogSettings.load())
    threads = _THREADS if IndexSettings.load().engine == "embedded" else None
    return application(open_engine(data_folder()), PageSettings.load(), data_folder(), threads)


def application(
    engine: SearchEngine, settings: PageSettings, folder: Path | None = None, threads: int | None = None
) -> FastAPI:
    """The application for an engine. `folder` is the data folder, if the catalogue is on this machine. `threads` is how
    many requests a process works on at once, None for the server's own number."""
    app = FastAPI(
        title="Paperglot",
        description="Search over research papers. The page shows the same as this API.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # FastAPI's documentation pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would repeat any host that a request names
        lifespan=_closing,
        servers=[{"url": settings.root}] if settings.root else None,
    )
    app.state.engine = engine
    app.state.folder = folder
    app.state.threads = threads
    app.state.languages = settings.languages
    app.state.kibana = settings.kibana
    app.state.address = settings.address
    app.state.root = settings.root
    app.state.links = settings.links
    mail = MailSettings.load()
    has_mail = bool(mail.server and mail.sender and settings.address and folder)
    app.state.has_alerts = has_mail and AlertsSettings.load().from_page
    app.state.questions = Rate(alerts.QUESTIONS_AN_HOUR, seconds=3600)
    for room in _PAGES:
        app.include_router(room.router)
    for router in (api_search.router, *(room.api for room in _TWINS)):
        app.include_router(router, prefix=API, responses=ERRORS)
    app.include_router(api.router, prefix=API)
    app.openapi = document_of(app)  # type: ignore[method-assign]  # as FastAPI's documentation has it
    app.mount(f"/static/{static_version()}", StaticFiles(directory=STATIC))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=_COMPRESSION)
    app.add_middleware(
        Admission,
        password=settings.password.get_secret_value() if settings.password else "",
        rate=Rate(settings.requests_a_minute) if settings.requests_a_minute else None,
        proxies=settings.proxies,
        answer=_answer,
    )
    app.add_middleware(Door, root=settings.root, unexpected=_unexpected)
    app.add_exception_handler(PaperglotError, _paperglot_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_exception_handler(sqlite3.DatabaseError, _damaged_catalogue)
    return app


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncIterator[None]:
    if app.state.threads:
        current_default_thread_limiter().total_tokens = app.state.threads
    yield
    app.state.engine.close()


def _answer(request: Request, status: int, sentence: str) -> Response:
    if is_api(request):
        return JSONResponse(problem(status, sentence), status, media_type=PROBLEM)
    return page(request, "error.html", status=status, sentence=sentence)


def _paperglot_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PaperglotError)
    if error.internal:
        logger.error("%s: %s", request.url.path, error)
        messages = Messages("en") if is_api(request) else words(request)
        return _answer(request, error.status, messages("away"))
    return _answer(request, error.status, str(error))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = ", ".join(methods(request.app, request.scope))
        response = _answer(request, 405, f"Only {allowed} are answered here.")
        response.headers["Allow"] = allowed
        return response
    sentence = str(error.detail)
    if sentence == HTTPStatus(error.status_code).phrase:  # the exception has no sentence of its own
        sentence = "There is no such address in this API." if is_api(request) else ""
    return _answer(request, error.status_code, sentence)


def _damaged_catalogue(request: Request, error: Exception) -> Response:
    logger.error("%s: the catalogue cannot be read: %s", request.url.path, error)
    return _answer(request, 503, "The catalogue cannot be read at the moment.")


def _invalid_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return _answer(request, 400, f"Parameter '{first['loc'][-1]}': {first['msg']}.")


def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s failed", request.url.path, exc_info=error)
    return _answer(request, 500, "Something went wrong here. It was noted in the server's log.")
