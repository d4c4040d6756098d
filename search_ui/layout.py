"""What all pages share: templates, the reader's language, the engine."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache, partial
from ipaddress import ip_address
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from delivery.html import to_html
from delivery.messages import LANGUAGES, Messages
from delivery.present import category_label
from indexer.documents import LANGUAGES as TEXT_LANGUAGES
from indexer.engine import SearchEngine
from papers.errors import PaperglotError
from papers.store import FILE as CATALOGUE
from search_ui.caching import unless_known
from search_ui.card import Cards
from search_ui.index_facts import index_facts
from search_ui.language import language_of
from translation.quality.record import Quality, kept

API = "/api/v1"
LANGUAGE_COOKIE, TEXTS_COOKIE = "language", "texts"
BOTH = "both"
FOLDER = Path(__file__).parent
# Stands in a page for the milliseconds that it took.
ELAPSED = "\N{OBJECT REPLACEMENT CHARACTER}ms"

templates = Jinja2Templates(directory=FOLDER / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.filters["html"] = lambda segments: Markup(to_html(segments))  # noqa: S704  (it escapes all of a text)
templates.env.globals["category_label"] = category_label
# A page has hundreds of links, and pages repeat them.
_encoded = lru_cache(maxsize=8192)(urlencode)
templates.env.filters["urlencode_pairs"] = lambda pairs: _encoded(tuple(pairs))


@cache
def static_version() -> str:
    """A hash of all style sheets and scripts. It is part of their addresses, so that browsers may keep them for long,
    and scripts find each other in the same version."""
    files = sorted((FOLDER / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def static(file: str) -> str:
    """The address of a style sheet, script or picture."""
    return f"/static/{static_version()}/{file}"


# What the scripts say: the keys of the catalogue without "word: ".
_SCRIPT_WORDS = (
    "star", "saved", "save_search", "copy", "copied", "remove", "imported", "not_imported", "title", "author",
    "category", "topic", "spelling",
)  # fmt: skip


@cache
def _script_words(language: str) -> str:
    messages = Messages(language)
    said = {key: messages(f"word: {key}") for key in _SCRIPT_WORDS}
    said |= {"by_likeness": messages("by_likeness"), "feed": messages("feed")}
    return orjson.dumps(said).decode()


templates.env.globals["static"] = static


# What the languages of titles and abstracts call themselves.
_OWN_NAMES = [(code, Messages(code).language_name(code)) for code in TEXT_LANGUAGES]


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
    path: str = request.app.state.root  # the scope's `root_path` is another one below /static
    return path


def path_below_root(request: Request) -> str:
    return request.url.path.removeprefix(root(request))


def public_root(request: Request) -> str | None:
    """The start of the page's addresses as others are given them: what the settings say, else the machine's number or
    `localhost`, as it was asked for. None where a request names another host: anybody may write any name there."""
    address: str = request.app.state.address
    if address:
        return address
    try:
        is_number = bool(ip_address(request.url.hostname or ""))
    except ValueError:
        is_number = request.url.hostname == "localhost"
    return f"{request.url.scheme}://{request.url.netloc}{root(request)}" if is_number else None


def is_api(request: Request) -> bool:
    return path_below_root(request).startswith(API)


def words(request: Request) -> Messages:
    accepted = request.headers.get("accept-language", "")
    return Messages(language_of(request.cookies.get(LANGUAGE_COOKIE), accepted, request.app.state.languages))


def texts_in(request: Request) -> str | None:
    """The only language in which the reader wants titles and abstracts; None for both languages."""
    language = request.cookies.get(TEXTS_COOKIE)
    return language if language in TEXT_LANGUAGES else None


def _quality(request: Request) -> Quality | None:
    """The result of the last test of the translations; None without one, or with the catalogue on another machine."""
    data = folder(request)
    return kept(data, "en", "zh") if data else None


def _featured_known(request: Request) -> bool:
    """Whether the pages of Hugging Face's days have papers. A page that says that there is no index asks, too."""
    try:
        return index_facts(engine(request)).featured
    except PaperglotError:
        return False


def json_answer(request: Request, value: object) -> Response:
    """A response of the API."""
    return unless_known(request, Response(orjson.dumps(value, default=list), media_type="application/json"))


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
        "texts_offered": [
            (BOTH, messages("both")),
            *((code, Messages(code).language_name(code)) for code in TEXT_LANGUAGES),
        ],
        "languages": [(c, LANGUAGES[c]) for c in request.app.state.languages if c != messages.language],
        "kibana": request.app.state.kibana,
        "featured_known": status < 400 and _featured_known(request),
        "quality": partial(_quality, request),  # a function: it reads a file, and few pages need it
        "status": status,
        "elapsed": ELAPSED,
        "cards": Cards(messages, root(request), bilingual=values.get("bilingual", False)),
        "script_words": _script_words(messages.language),
    }
    text = templates.get_template(template).render({"request": request} | values)
    elapsed = max(1, round((perf_counter() - request.state.begun) * 1000))
    response = HTMLResponse(text.replace(ELAPSED, messages.number(elapsed)), status)
    response.headers["Vary"] = "Cookie, Accept-Language"
    # How long it took is no part of what makes an answer another one.
    return unless_known(request, response, text.encode("utf-8", "replace"))
