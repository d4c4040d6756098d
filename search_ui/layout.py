"""What all pages share: templates, the reader's language, the engine."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from delivery.html import to_html
from delivery.messages import LANGUAGES, Messages
from delivery.present import category_label
from indexer.engine import SearchEngine
from papers.store import FILE as CATALOGUE
from search_ui.language import language_of
from translation.quality.record import Quality, kept

API = "/api/v1"
LANGUAGE_COOKIE, TEXTS_COOKIE = "language", "texts"
BOTH = "both"
FOLDER = Path(__file__).parent

templates = Jinja2Templates(directory=FOLDER / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.filters["html"] = lambda segments: Markup(to_html(segments))  # noqa: S704  (it escapes all of a text)
templates.env.globals["category_label"] = category_label
# A page has hundreds of links, and pages repeat them.
_encoded = lru_cache(maxsize=8192)(urlencode)
templates.env.filters["urlencode_pairs"] = lambda pairs: _encoded(tuple(pairs))


@cache
def style_version() -> str:
    """A hash of the style sheet. It is part of its address, so that browsers may keep the file for long."""
    return hashlib.sha256((FOLDER / "static" / "style.css").read_bytes()).hexdigest()[:10]


def engine(request: Request) -> SearchEngine:
    search_engine: SearchEngine = request.app.state.engine
    return search_engine


def folder(request: Request) -> Path | None:
    """The data folder that holds the catalogue; None if it is on another machine.

    Looked for at each request: a page may have been started before the first crawl.
    """
    here: Path | None = request.app.state.folder
    return here if here is not None and (here / CATALOGUE).exists() else None


def root(request: Request) -> str:
    """The start of every link on the page: the path under which a proxy serves it, or ""."""
    path: str = request.scope["root_path"]
    return path


def path_below_root(request: Request) -> str:
    return request.url.path.removeprefix(root(request))


def is_api(request: Request) -> bool:
    return path_below_root(request).startswith(API)


def words(request: Request) -> Messages:
    accepted = request.headers.get("accept-language", "")
    return Messages(language_of(request.cookies.get(LANGUAGE_COOKIE), accepted, request.app.state.languages))


def texts_in(request: Request) -> str | None:
    """The only language in which the reader wants titles and abstracts; None for both languages."""
    language = request.cookies.get(TEXTS_COOKIE)
    return language if language in LANGUAGES else None


def _quality(request: Request) -> Quality | None:
    """The result of the last test of the translations; None without one, or with the catalogue on another machine."""
    data = folder(request)
    return kept(data, "en", "zh") if data else None


def json_answer(value: object) -> Response:
    """A response of the API."""
    return Response(orjson.dumps(value, default=list), media_type="application/json")


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A response from a template, with the values that every page needs."""
    messages = words(request)
    path, query = path_below_root(request), request.url.query
    values |= {
        "t": messages,
        "root": root(request),
        "path": path,
        "here": root(request) + path + (f"?{query}" if query else ""),
        "address": request.app.state.address,
        "texts_in": texts_in(request) or BOTH,
        "texts_offered": [(BOTH, messages("both")), *LANGUAGES.items()],
        "languages": [(c, LANGUAGES[c]) for c in request.app.state.languages if c != messages.language],
        "style_version": style_version(),
        "kibana": request.app.state.kibana,
        "quality": partial(_quality, request),  # a function: it reads a file, and few pages need it
        "status": status,
    }
    response = templates.TemplateResponse(request, template, values, status_code=status)
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response
