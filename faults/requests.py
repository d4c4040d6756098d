"""Fuzzed requests over every route and parameter: no 5xx, every header, every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.testclient import TestClient

from delivery.settings import PageSettings
from faults import hostile
from faults.campaign import Place, Trial
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.update import update
from papers.catalogue import Catalogue
from papers.paper import Page, Section, Sighting
from search_ui.app import application
from search_ui.door import HEADERS
from search_ui.layout import API

METHODS = ("GET",) * 12 + ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "XYZZY")
PAGES = (
    "/", "/", "/coverage", "/runs", "/topics", "/days", "/huggingface", "/statistics", "/ranked", "/mine", "/export",
    "/feed", "/suggestions", "/opensearch.xml", "/robots.txt", "/paper/{}", "/changes/{}", "/trending", "/language/{}",
    "/texts/{}", "/static/{}", "/alerts", "/alerts/confirm/{}", "/unsubscribe/{}", "/{}",
)  # fmt: skip
PARAMETERS = (
    "q", "archive", "category", "source", "has", "announced", "featured", "translation", "year", "from", "until",
    "sort", "page", "size", "cursor", "counts", "days", "month", "at", "like", "id", "format", "versions", "back",
    "first", "to", "every", "old", "new", "xyzzy",
)  # fmt: skip
# The one script that a page has is ours.
OUR_SCRIPT = re.compile(r'<script type="module" src="/static/[0-9a-f]+/page\.js"></script>')
SENSIBLE = (
    "2611.00001",
    "ndjson",
    "rss",
    "true",
    "2026-W47",
    "2026-11",
    "newest",
    "upvotes",
    "cs.CL",
    "1",
    "2",
    "100",
    "2026",
    "2026-11-20",
    "attention",
    '"a b"',
    "code",
    "kaggle",
    "anna@example.org",
    "day",
    "0123456789abcdef0123456789abcdef01234567",
)


def trials(place: Place) -> Iterator[Trial]:
    """Requests to an application of a hundred hostile papers, in this process."""
    folder = place.folder / "requests"
    engine = EmbeddedEngine(folder / "index", memory=64 << 20, threads=1)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(_papers(), datetime(2026, 11, 20, tzinfo=UTC))
        update(catalogue, engine)
    app = application(engine, PageSettings(requests_a_minute=0), folder)
    app.state.has_alerts = True
    addresses = [*PAGES, *_api(app)]
    with TestClient(app, raise_server_exceptions=False) as client:
        for _ in range(place.scale.requests):
            method, target, headers = _request(place, addresses)
            yield Trial(f"{method} {target[:200]}", partial(_ask, client, method, target, headers))
    engine.close()


def _api(app: FastAPI) -> list[str]:
    return [path.replace("{id}", "{}") for path in app.openapi()["paths"]] + [f"{API}/{{}}", f"{API}/openapi.json"]


def _papers() -> Page:
    sightings = []
    for number, text in enumerate(hostile.TEXTS, start=1):
        title = "".join(character for character in text if character.isprintable())[:500] or "A title"
        sightings.append(
            Sighting(
                id=f"2611.{number:05}", source="arxiv-listing", listing="cs.CL", day=datetime(2026, 11, 20).date(),
                title=title, abstract=f"attention {text}"[:19_000].replace("\ud800", ""), authors=(title[:80],),
                comments=title, announce_type="new", categories=("cs.CL",),
            )
        )  # fmt: skip
    day = sightings[0].day
    section = Section("cs.CL", day, "new", len(sightings), len(sightings))
    return Page(source="arxiv-listing", sightings=tuple(sightings), sections=(section,))


def _request(place: Place, addresses: list[str]) -> tuple[str, str, dict[str, str]]:
    chance = place.chance

    def value() -> str:
        return chance.choice(SENSIBLE) if chance.random() < 0.4 else hostile.text(chance)

    path = chance.choice(addresses).replace("{}", quote(value(), safe="/:", errors="surrogatepass")[:3000])
    pairs = [
        f"{chance.choice(PARAMETERS)}={quote(value(), errors='surrogatepass')[:6000]}"
        for _ in range(chance.randrange(4))
    ]
    headers = {}
    for name in ("Accept-Language", "Cookie", "Host", "Range", "If-None-Match", "X-Forwarded-Host"):
        if chance.random() < 0.15:
            plain = value().encode("ascii", "ignore").decode().translate({10: None, 13: None, 0: None})
            headers[name] = plain.strip() or "x"
    return chance.choice(METHODS), f"{path}?{'&'.join(pairs)}" if pairs else path, headers


def _ask(client: TestClient, method: str, target: str, headers: dict[str, str]) -> str | None:
    # A form has the same parameters in its body.
    body = target.partition("?")[2].encode() if method == "POST" else None
    answer: Any = client.request(method, target, headers=headers, follow_redirects=False, content=body)
    if answer.status_code >= 500:
        return f"status {answer.status_code}: {answer.text[:200]}"
    lacking = [name for name, content in HEADERS.items() if answer.headers.get(name) != content]
    if lacking:
        return f"it lacks {', '.join(lacking)} (status {answer.status_code})"
    location = answer.headers.get("location", "/")
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        return f"it leads to {location[:100]}"
    if "text/html" in answer.headers.get("content-type", "") and "<script" in OUR_SCRIPT.sub("", answer.text, count=1):
        return "a script is in the page"
    return None
