"""`/api/v1/search` and `/api/v1/suggest`: what the page shows for the same parameters, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from indexer.fields import FACETS, FILTERS
from indexer.find import Answer, find
from indexer.query.request import PARAMETERS, TOPIC, InvalidRequest, from_parameters
from indexer.query.search import MAX_SIZE, Sort
from indexer.suggest import suggest as suggestions
from search_ui.asked import lexicon, parameters_of, today, topics
from search_ui.layout import engine
from search_ui.navigation import address_of, elsewhere
from search_ui.paper_json import PaperOut, as_json

router = APIRouter()
COUNTS = "counts"


class FacetOut(BaseModel):
    value: str
    count: int


class BarOut(BaseModel):
    first: str
    last: str
    count: int


class TierOut(BaseModel):
    """How many papers a tier has: "all" matches the whole request, "most" and "some" have about two thirds and a third
    of its words, "translated" has its words in the other language. Those of earlier tiers are not counted."""

    tier: str
    total: int


class UnreadOut(BaseModel):
    """A part of the text that was not read as it was meant, and why: it was read as words, or not at all."""

    text: str
    reason: str


class RelaxedOut(BaseModel):
    """The request without this filter, with how many papers it then has."""

    name: str
    value: str
    total: int
    address: str


class CorrectionOut(BaseModel):
    text: str
    total: int
    address: str


class ResultsOut(BaseModel):
    """A page of hits. `total`, facets and histogram count what matches the whole request; where that is less than a
    page, hits of later tiers follow, each with its tier. `read_as` is the text as it was understood. `cursor` gives the
    hits after the last one, if the sort is newest or upvotes."""

    total: int
    page: int
    size: int
    read_as: str
    unread: list[UnreadOut] = []
    hits: list[PaperOut]
    tiers: list[TierOut]
    relaxed: list[RelaxedOut] = []
    correction: CorrectionOut | None = None
    elsewhere: str | None = None
    facets: dict[str, list[FacetOut]] | None = None
    histogram: list[BarOut] | None = None
    cursor: str | None = None


class SuggestionOut(BaseModel):
    """Something that may be meant: a title, author, category, topic, or a spelling; `address` is of the page."""

    kind: str
    text: str
    address: str


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
    COUNTS: "true: facets and the date histogram, too",
}
_NUMBERS = ("size", "page")


def _parameter(name: str) -> dict[str, Any]:
    kind = {"type": "integer" if name in _NUMBERS else "boolean" if name == COUNTS else "string"}
    repeated = name in FILTERS or name == TOPIC
    about = _ABOUT.get(name) or f"Only papers with this value. {FILTERS[name].label}. {FILTERS[name].about}".strip()
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": {"type": "array", "items": kind} if repeated else kind,
    }


@router.get(
    "/search",
    response_model=ResultsOut,
    summary="Search papers",
    openapi_extra={"parameters": [_parameter(name) for name in (*PARAMETERS, COUNTS)]},
)
def search(request: Request) -> Response:
    """The results that the page shows for the same parameters. An unknown parameter, or a value that a parameter
    cannot have, is answered with 400 and a sentence."""
    parameters = parameters_of(request)
    known_topics = topics(request)
    asked = from_parameters(parameters, strict=True, also=(COUNTS,), topics=known_topics.topics)
    counts = _flag(parameters.get(COUNTS, ["false"])[0])
    answer = find(
        engine(request),
        asked,
        today=today(),
        topics=known_topics.queries,
        lexicon=lexicon(request),
        facets=FACETS if counts else (),
        histogram=counts,
    )
    return _json(_results(answer, counts))


def _flag(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise InvalidRequest(f"'{text[:40]}' cannot be the value of '{COUNTS}': it can be true or false.")
    return text in ("true", "1")


def _results(answer: Answer, counts: bool) -> dict[str, Any]:
    asked, results = answer.request, answer.results
    body: dict[str, Any] = {
        "total": results.total,
        "page": asked.page,
        "size": asked.size,
        "read_as": answer.reading.understood,
        "unread": [{"text": part.text, "reason": part.reason} for part in answer.reading.unread],
        "hits": [as_json(hit, asked.languages, tier) for tier, hit in answer.all_hits],
        "tiers": [{"tier": tier, "total": total} for tier, total in answer.totals],
        "relaxed": [
            {"name": way.name, "value": way.value, "total": way.total, "address": address_of(way.request)}
            for way in answer.relaxed
        ],
        "correction": None,
        "elsewhere": elsewhere(answer),
        "cursor": results.cursor,
    }
    if answer.correction:
        way = answer.correction
        body["correction"] = {"text": way.text, "total": way.total, "address": address_of(way.request)}
    if counts:
        body |= {"facets": results.facets, "histogram": results.histogram}
    return body


@router.get("/suggest", response_model=list[SuggestionOut], summary="What unfinished words may mean")
def suggest(request: Request, q: str = "", size: Annotated[int, Query(ge=1, le=20)] = 8) -> Response:
    """Titles, authors, categories and topics for unfinished words; a spelling where there is none of them."""
    names = {name: [*topic.names.values()] or [name] for name, topic in topics(request).topics.items()}
    return _json(
        [
            {
                "kind": suggestion.kind,
                "text": suggestion.text,
                "address": f"/paper/{suggestion.target}"
                if isinstance(suggestion.target, str)
                else address_of(suggestion.target),
            }
            for suggestion in suggestions(engine(request), q, size, names)
        ]
    )


def _json(value: object) -> Response:
    return Response(orjson.dumps(value, default=list), media_type="application/json")
