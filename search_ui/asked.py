"""What a request over HTTP asks for: its parameters, and what they are read with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request

from indexer import topics as topics_of
from indexer.field_values import ANNOUNCEMENTS, HAS
from indexer.fields import FILTERS
from indexer.find import matching, search_of
from indexer.lexicon import Lexicon, load
from indexer.query.request import TOPIC, InvalidRequest, from_parameters
from indexer.query.request import Request as SearchRequest
from indexer.query.search import MAX_NUMBERED_HITS, MAX_SIZE, Search, Sort
from indexer.suggest import Suggestion, suggest
from indexer.topics import Topics
from papers.calendar import utc_now
from papers.categories import archives
from search_ui.layout import engine


def parameters_of(request: Request) -> dict[str, list[str]]:
    """The parameters of the address, whatever is in it."""
    query = request.url.query
    return parse_qs(query, keep_blank_values=True, encoding="utf-8", errors="replace", max_num_fields=None)


def today() -> date:
    return utc_now().date()


def topics(request: Request) -> Topics:
    """The topics of the data folder."""
    folder: Path | None = request.app.state.folder
    return topics_of.load(folder, today())


def suggestions(request: Request, text: str, size: int) -> tuple[Suggestion, ...]:
    """What an unfinished text may become."""
    names = {name: [*topic.names.values()] or [name] for name, topic in topics(request).topics.items()}
    return suggest(engine(request), text, size, names)


def lexicon(request: Request) -> Lexicon:
    """The lexicon of the data folder."""
    folder: Path | None = request.app.state.folder
    return load(folder)


def strictly(
    request: Request, also: Collection[str] = (), besides: Collection[str] = ()
) -> tuple[SearchRequest, Topics]:
    """What an address of the API asks for, and the topics that it may name. The route has parameters of its own: those
    of `also` can be given once, those of `besides` any number of times. Raises InvalidRequest."""
    known_topics = topics(request)
    parameters = {name: values for name, values in parameters_of(request).items() if name not in besides}
    return from_parameters(parameters, strict=True, also=also, topics=known_topics.topics), known_topics


def flag(parameters: Mapping[str, Sequence[str]], name: str) -> bool:
    """Whether a parameter says true; raises InvalidRequest where it says neither that nor false."""
    text = parameters.get(name, ["false"])[0]
    if text not in ("true", "false", "1", "0"):
        raise InvalidRequest(f"'{text[:40]}' cannot be the value of '{name}': it can be true or false.")
    return text in ("true", "1")


def first_tier(request: Request, asked: SearchRequest, known_topics: Topics) -> Search:
    """The search for what matches all of a request: that of the page's first tier."""
    queries = known_topics.queries
    reading, _ = matching(engine(request), asked, today=today(), topics=queries, lexicon=lexicon(request))
    return search_of(asked, reading, queries)


_ABOUT = {
    "q": "Words, phrases and fields, in the query language",
    TOPIC: "Only papers of this topic",
    "from": "Announced on this day or later",
    "until": "Announced on this day or before",
    "languages": "Titles and abstracts in these languages, with commas between them; by default in all",
    "sort": f"{', '.join(Sort)}; by default relevance, or newest if there are no words",
    "size": f"Hits on a page, up to {MAX_SIZE}",
    "cursor": "Where an earlier answer ended, instead of a page",
    "page": "Which page of hits",
    "counts": "true: facets and the date histogram, too",
    "like": "The arXiv id of a paper that is liked",
    "id": "The arXiv id of a paper",
    "format": "The format of the answer",
    "versions": "true: a new version of a paper is an entry, too",
}
_DAY = r"^\d{4}(-(\d{2}(-\d{2})?|W\d{2}))?$"
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "from": {"type": "string", "pattern": _DAY},
    "until": {"type": "string", "pattern": _DAY},
    "featured": {"type": "string", "pattern": _DAY},
    "languages": {"type": "string", "pattern": "^[a-z]{2,8}(,[a-z]{2,8})*$"},
    "sort": {"type": "string", "enum": list(Sort)},
    "size": {"type": "integer", "minimum": 1, "maximum": MAX_SIZE},
    "page": {"type": "integer", "minimum": 1, "maximum": MAX_NUMBERED_HITS},
    "cursor": {"type": "string", "pattern": r"^\d{1,19}$"},
    "counts": {"type": "boolean"},
    "versions": {"type": "boolean"},
    "has": {"type": "string", "enum": list(HAS)},
    "announced": {"type": "string", "enum": list(ANNOUNCEMENTS)},
    "archive": {"type": "string", "enum": sorted(archives())},
    "year": {"type": "string", "pattern": r"^\d{4}(\.\.\d{4})?$"},
}
_REPEATED = (*FILTERS, TOPIC, "like", "id")


def documented(names: Sequence[str], formats: Sequence[str] = ()) -> dict[str, Any]:
    """Parameters as the OpenAPI document describes them; `formats` are the values that `format` can have."""
    return {"parameters": [_parameter(name, formats) for name in names]}


def _parameter(name: str, formats: Sequence[str]) -> dict[str, Any]:
    text: Mapping[str, Any] = {"type": "string", "enum": list(formats)} if name == "format" else {"type": "string"}
    kind = _SCHEMAS.get(name, text)
    about = _ABOUT.get(name) or f"Only papers with this value. {FILTERS[name].label}. {FILTERS[name].about}".strip()
    return {
        "name": name,
        "in": "query",
        "required": name == "like",
        "description": about,
        "schema": {"type": "array", "items": kind} if name in _REPEATED else kind,
    }
