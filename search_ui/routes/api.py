"""`/api/v1`: the page's results as JSON. `/api/v1/openapi.json` describes it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel

from crawler.followed import as_json, coverage_of
from crawler.settings import CrawlSettings
from delivery.pairs import of_document
from delivery.present import links
from indexer.documents import Document
from indexer.fields import HAS
from indexer.query.parse import parse
from indexer.query.search import DEFAULT_SIZE, MAX_SIZE, Filters, Search, Sort
from indexer.query.tree import ALL
from indexer.results import Hit
from operate.judge import judge
from papers import identifiers
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.runs import as_json as run_as_json
from papers.sources import SOURCES
from search_ui.layout import engine, folder
from search_ui.standing import facts

router = APIRouter()


class SentenceOut(BaseModel):
    """A sentence, its translation, how it was translated, and the reason if it has no translation."""

    source: str
    target: str | None
    way: str
    reason: str | None


class PaperOut(BaseModel):
    """A paper. Texts are by language. `untranslated` gives, by language, why some sentence has no good
    translation. `sentences` are by language and field; only `/papers/{id}` fills them. `highlights` are the
    [start, end] of each match, by field."""

    id: str
    language: str
    title: dict[str, str]
    abstract: dict[str, str]
    authors: list[str]
    categories: list[str]
    featured: date | None
    date: date | None
    submitted: str | None
    updated: str | None
    version: int | None
    versions: list[tuple[int, str | None]]
    announced: list[str]
    comments: str | None
    journal_ref: str | None
    doi: str | None
    report_no: str | None
    licence: str | None
    code: str | None
    code_from: str | None
    project: str | None
    organisation: str | None
    upvotes: int | None
    keywords: list[str]
    sources: list[str]
    links: dict[str, str]
    translated_by: dict[str, str] = {}
    untranslated: dict[str, str] = {}
    sentences: dict[str, dict[str, list[SentenceOut]]] = {}
    highlights: dict[str, list[tuple[int, int]]] = {}


class FacetOut(BaseModel):
    value: str
    count: int


class BarOut(BaseModel):
    first: date
    last: date
    count: int


class ResultsOut(BaseModel):
    """A page of hits. `cursor` gives the hits after the last one, if the sort is newest or upvotes."""

    total: int
    page: int
    size: int
    hits: list[PaperOut]
    facets: dict[str, list[FacetOut]] | None = None
    histogram: list[BarOut] | None = None
    cursor: str | None = None


class ErrorOut(BaseModel):
    error: str


_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "A parameter cannot be used"},
    503: {"model": ErrorOut, "description": "There is no index to search"},
}


@router.get("/search", response_model=ResultsOut, responses=_ERRORS, summary="Search papers")
def search(
    request: Request,
    q: Annotated[str, Query(description='Words, all of which must be found, and "phrases"')] = "",
    category: Annotated[list[str], Query(description="Only papers in this category, or cs.* for an archive")] = [],  # noqa: B006
    source: Annotated[list[str], Query(description=f"Only papers seen there: {', '.join(SOURCES)}")] = [],  # noqa: B006
    has: Annotated[list[str], Query(description=f"Only papers with {', '.join(HAS)}")] = [],  # noqa: B006
    year: Annotated[int | None, Query(ge=1900, le=9999)] = None,
    first: Annotated[date | None, Query(alias="from", description="Announced on this day or later")] = None,
    last: Annotated[date | None, Query(alias="until", description="Announced on this day or before")] = None,
    sort: Annotated[Sort | None, Query(description="By default relevance, or newest if there are no words")] = None,
    page: Annotated[int, Query(ge=1)] = 1,
    size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
    cursor: Annotated[str | None, Query(description="Where an earlier answer ended, instead of a page")] = None,
    counts: Annotated[bool, Query(description="Return facets and the date histogram, too")] = False,
) -> Response:
    """The results that the page shows for the same parameters."""
    parsed = parse(q)
    default_sort = Sort.NEWEST if parsed.query == ALL else Sort.RELEVANCE
    search_request = Search(
        query=parsed.query,
        filters=Filters(
            categories=tuple(category), sources=tuple(source), has=tuple(has), year=year, first=first, last=last
        ),
        sort=sort or default_sort,
        page=page,
        size=size,
        cursor=cursor,
        counts=counts,
        highlight=True,
    )
    results = engine(request).search(search_request)
    body: dict[str, Any] = {
        "total": results.total,
        "page": page,
        "size": size,
        "hits": [_paper(hit) for hit in results.hits],
        "cursor": results.cursor,
    }
    if counts:
        body |= {"facets": results.facets, "histogram": results.histogram}
    return _json(body)


@router.get("/papers/{id:path}", response_model=PaperOut, responses={404: {"model": ErrorOut}}, summary="One paper")
def paper(request: Request, id: str) -> Response:
    """The paper with this arXiv id, in any of its forms."""
    identifier = identifiers.parse(id)
    document = engine(request).get(identifier.key) if identifier else None
    if document is None:
        raise HTTPException(
            404, f"{identifier.key} is not kept here." if identifier else f"'{id[:60]}' is not an arXiv identifier."
        )
    return _json(_paper(Hit(document)) | {"sentences": _sentences(document)})


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


@router.get("/coverage", response_model=list[DayOut], responses=_ERRORS, summary="What the last days have")
def coverage(request: Request, days: Annotated[int, Query(ge=1, le=90)] = 14) -> Response:
    """The state of the last announcement days of each followed category: complete, partial, stale, missing, and why."""
    data = folder(request)
    if data is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    return _json([as_json(day) for day in coverage_of(data, CrawlSettings.load(), utc_now(), days)])


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


@router.get("/runs", response_model=StandingOut, responses=_ERRORS, summary="How the last runs went")
def runs(request: Request, size: Annotated[int, Query(ge=1, le=100)] = 30) -> Response:
    """The findings and runs that the page /runs shows."""
    current, data = facts(request), folder(request)
    if current is None or data is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    with Catalogue(data) as catalogue:
        latest = catalogue.runs.latest(size)
    findings = judge(current)
    return _json(
        {
            "fine": not findings,
            "findings": [asdict(finding) for finding in findings],
            "runs": [run_as_json(run) for run in latest],
        }
    )


@router.get("/suggest", response_model=list[str], responses=_ERRORS, summary="Titles for unfinished words")
def suggest(request: Request, q: str = "", size: Annotated[int, Query(ge=1, le=20)] = 8) -> Response:
    """Titles that hold all words of `q`. Its last word may be unfinished."""
    return _json(list(engine(request).suggest(q, size)))


def _json(value: object) -> Response:
    return Response(orjson.dumps(value, default=list), media_type="application/json")


def _sentences(document: Document) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By language, then by field: the pairs of sentences, original and translation."""
    return {
        language: {
            name: [
                {"source": pair.source, "target": pair.target, "way": pair.way, "reason": pair.reason}
                for pair in of_document(document, name, language)
            ]
            for name in by_field
        }
        for language, by_field in document.aligned.items()
    }


def _paper(hit: Hit) -> dict[str, Any]:
    document: Document = hit.document
    return {
        "id": document.id,
        "language": document.language,
        "title": document.title,
        "abstract": document.abstract,
        "authors": document.authors,
        "categories": document.categories,
        "date": document.day,
        "submitted": document.submitted,
        "updated": document.updated,
        "version": document.version,
        "versions": document.versions,
        "announced": document.announced,
        "comments": document.comments,
        "journal_ref": document.journal_ref,
        "doi": document.doi,
        "report_no": document.report_no,
        "licence": document.licence,
        "code": document.code,
        "code_from": document.code_from,
        "project": document.project,
        "organisation": document.organisation,
        "featured": document.featured,
        "upvotes": document.upvotes,
        "keywords": document.keywords,
        "sources": document.sources,
        "links": {link.kind: link.address for link in links(document)},
        "translated_by": document.translated_by,
        "untranslated": document.untranslated,
        "sentences": {},  # `paper` fills them
        "highlights": hit.highlights,
    }
