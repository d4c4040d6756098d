"""`/api/v1/search` and `/api/v1/suggest`: what the page shows for the same parameters, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from delivery.paper_json import PaperOut, as_json
from indexer.fields import FACETS
from indexer.find import Answer, find
from indexer.query.request import PARAMETERS
from search_ui.asked import documented, flag, lexicon, parameters_of, strictly, suggestions, today
from search_ui.layout import engine, json_answer
from search_ui.navigation import address_of, elsewhere

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


@router.get(
    "/search",
    response_model=ResultsOut,
    summary="Search papers",
    openapi_extra=documented((*PARAMETERS, COUNTS)),
)
def search(request: Request) -> Response:
    """The results that the page shows for the same parameters. An unknown parameter, or a value that a parameter
    cannot have, is answered with 400 and a sentence."""
    asked, known_topics = strictly(request, also=(COUNTS,))
    counts = flag(parameters_of(request), COUNTS)
    answer = find(
        engine(request),
        asked,
        today=today(),
        topics=known_topics.queries,
        lexicon=lexicon(request),
        facets=FACETS if counts else (),
        histogram=counts,
    )
    return json_answer(request, _results(answer, counts))


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
            {"name": way.name, "value": ", ".join(way.values), "total": way.total, "address": address_of(way.request)}
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
    return json_answer(
        request,
        [
            {
                "kind": suggestion.kind,
                "text": suggestion.text,
                "address": f"/paper/{suggestion.target}"
                if isinstance(suggestion.target, str)
                else address_of(suggestion.target),
            }
            for suggestion in suggestions(request, q, size)
        ],
    )
