"""`/api/v1`: a paper, coverage and runs as JSON. `/api/v1/openapi.json` describes the whole API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel

from crawler.followed import as_json, coverage_of
from crawler.settings import CrawlSettings
from delivery.paper_json import PaperOut, sentences
from delivery.paper_json import as_json as as_json_of_paper
from indexer.results import Hit
from operate.judge import judge
from papers import identifiers
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.runs import as_json as run_as_json
from search_ui.layout import engine, folder, json_answer
from search_ui.openapi import ERRORS, described
from search_ui.standing import facts

router = APIRouter()


@router.get(
    "/papers/{id:path}",
    response_model=PaperOut,
    responses={**ERRORS, 404: described("It is not kept here")},
    summary="One paper",
)
def paper(request: Request, id: str) -> Response:
    """The paper with this arXiv id, in any of its forms."""
    identifier = identifiers.parse(id)
    document = engine(request).get(identifier.key) if identifier else None
    if document is None:
        raise HTTPException(
            404, f"{identifier.key} is not kept here." if identifier else f"'{id[:60]}' is not an arXiv identifier."
        )
    return json_answer(request, as_json_of_paper(Hit(document)) | {"sentences": sentences(document)})


class DayOut(BaseModel):
    """The state of one day of a category or source. `final`: asking the source again would bring nothing new."""

    source: str
    category: str | None
    day: date
    state: str
    expected: int | None
    got: int
    sections: list[dict[str, Any]]
    list_name: str | None
    at: datetime | None
    reason: str | None
    final: bool
    differences: list[dict[str, Any]]
    others: list[dict[str, Any]]


@router.get("/coverage", response_model=list[DayOut], responses=ERRORS, summary="What the last days have")
def coverage(request: Request, days: Annotated[int, Query(ge=1, le=90)] = 14) -> Response:
    """The state of the last announcement days of each followed category: complete, partial, stale, missing, and why."""
    data = folder(request)
    if data is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    return json_answer(request, [as_json(day) for day in coverage_of(data, CrawlSettings.load(), utc_now(), days)])


class RunOut(BaseModel):
    """A run and its steps. `job` is null for a crawl by hand."""

    number: int
    job: str | None
    due: datetime | None
    made_up: int
    attempt: int
    began: datetime
    ended: datetime | None
    outcome: str
    version: str
    steps: list[dict[str, Any]]


class StandingOut(BaseModel):
    """Whether all is fine, what is not, and the last runs, newest first."""

    fine: bool
    findings: list[dict[str, str]]
    runs: list[RunOut]


@router.get("/runs", response_model=StandingOut, responses=ERRORS, summary="How the last runs went")
def runs(request: Request, size: Annotated[int, Query(ge=1, le=100)] = 30) -> Response:
    """The findings and runs that the page /runs shows."""
    current, data = facts(request), folder(request)
    if current is None or data is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    with Catalogue(data) as catalogue:
        latest = catalogue.runs.latest(size)
    findings = judge(current)
    return json_answer(
        request,
        {
            "fine": not findings,
            "findings": [asdict(finding) for finding in findings],
            "runs": [run_as_json(run) for run in latest],
        },
    )
