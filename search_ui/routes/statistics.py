"""`/statistics` and its API twin: the papers of a search in numbers, and what the titles of the last month speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from crawler.followed import coverage_of
from crawler.settings import CrawlSettings
from delivery.messages import Messages
from indexer.engine import SearchEngine
from indexer.query.request import PARAMETERS
from indexer.query.request import Request as SearchRequest
from indexer.query.search import Search, Sort
from indexer.query.tree import And, DateRange, Query
from indexer.results import Results
from indexer.rising import RisingTerm, rising
from indexer.topics import counted
from papers.calendar import utc_now
from papers.coverage import CoverageState
from search_ui import asked
from search_ui.charts import ending
from search_ui.filters import filter_label
from search_ui.index_facts import index_facts
from search_ui.layout import engine, folder, json_answer, page, words
from search_ui.navigation import address_of
from search_ui.over_time import of_days, over_time, span

router = APIRouter(include_in_schema=False)
api = APIRouter()
# In this order on the page; each is a facet.
TABLES = ("archive", "category", "language", "venue", "has", "announced", "translation", "untranslated_reason")
_RISING = 15
# The titles of a month are compared with those of the three before it, so many at most of each.
_MONTH, _MONTHS_BEFORE = timedelta(days=30), timedelta(days=120)
_MOST_TITLES = 3_000
_COVERAGE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with bars: `share` is the length of its bar in per cent of the longest."""

    label: str
    address: str
    count: str
    share: float


@router.get("/statistics")
def show(request: Request) -> Response:
    """The statistics of the whole index, or of the papers that the parameters choose."""
    search_request, topics = asked.strictly(request)
    messages, search_engine = words(request), engine(request)
    search = asked.first_tier(request, search_request, topics)
    results = _counted(search_engine, search)
    newest = index_facts(search_engine).newest
    tables = [(name, _rows(messages, search_request, name, results)) for name in TABLES]
    of_topics = [
        (topic.shown(messages.language), _with(search_request, "topic", topic.name), count)
        for topic, count in counted(search_engine, search, topics)
    ]
    return page(
        request,
        "statistics.html",
        text=search_request.text,
        total=messages.count(results.total),
        results_address=address_of(search_request),
        chart=over_time(messages, search_request, results.histogram, newest),
        bars=[
            (span(bar), of_days(search_request, bar), bar.count)
            for bar in ending(results.histogram, newest)
            if bar.count
        ],
        tables=[("topic", _scaled(messages, of_topics)), *tables],
        rising=[(term, _title_address(term.text)) for term in _rising(search_engine, search, newest)],
        coverage=_coverage_states(request, messages),
    )


class CountOut(BaseModel):
    value: str
    count: int


class RisingOut(BaseModel):
    """A term, how many titles of the last month have it, and in how many of a thousand it was then and before."""

    text: str
    papers: int
    now: float
    before: float


class StatisticsOut(BaseModel):
    """Papers over time, by facet and by topic, and the terms that rise in their titles."""

    total: int
    histogram: list[dict[str, str | int]]
    facets: dict[str, list[CountOut]]
    topics: list[CountOut]
    rising: list[RisingOut]


@api.get(
    "/statistics",
    response_model=StatisticsOut,
    summary="The papers of a search in numbers",
    openapi_extra=asked.documented(PARAMETERS),
)
def statistics(request: Request) -> Response:
    """What the page /statistics shows for the same parameters."""
    search_request, topics = asked.strictly(request)
    search_engine = engine(request)
    search = asked.first_tier(request, search_request, topics)
    results = _counted(search_engine, search)
    return json_answer(
        request,
        {
            "total": results.total,
            "histogram": results.histogram,
            "facets": results.facets,
            "topics": [
                {"value": topic.name, "count": count} for topic, count in counted(search_engine, search, topics)
            ],
            "rising": [asdict(term) for term in _rising(search_engine, search, index_facts(search_engine).newest)],
        },
    )


def _counted(search_engine: SearchEngine, search: Search) -> Results:
    return search_engine.search(replace(search, facets=TABLES, histogram=True, size=1, page=1, cursor=None))


def _rows(messages: Messages, request: SearchRequest, name: str, results: Results) -> list[Row]:
    values = results.facets.get(name, ())
    return _scaled(
        messages,
        [(filter_label(messages, name, each.value), _with(request, name, each.value), each.count) for each in values],
    )


def _scaled(messages: Messages, rows: Sequence[tuple[str, str, int]]) -> list[Row]:
    most = max((count for *_, count in rows), default=0)
    return [Row(label, address, messages.number(count), round(100 * count / most, 1)) for label, address, count in rows]


def _with(request: SearchRequest, name: str, value: str) -> str:
    filters = request.filters
    return address_of(
        request if value in filters.of(name) else request.from_start(filters=filters.with_value(name, value))
    )


def _title_address(text: str) -> str:
    return address_of(SearchRequest(text=f'ti:"{text}"', sort=Sort.NEWEST))


def _rising(search_engine: SearchEngine, search: Search, newest: date | None) -> tuple[RisingTerm, ...]:
    state = search_engine.state()
    if newest is None or state is None:
        return ()
    return _cached_rising(search_engine, search.whole, newest, state.generation, state.documents)  # type: ignore[arg-type]  # hashed by identity


@lru_cache(maxsize=64)
def _cached_rising(
    search_engine: SearchEngine, query: Query, newest: date, generation: str, documents: int
) -> tuple[RisingTerm, ...]:
    """The rising terms of the papers of `query`; `generation` and `documents` name the index with which they change."""
    month = DateRange("date", newest - _MONTH, None)
    before = DateRange("date", newest - _MONTHS_BEFORE, newest - _MONTH - timedelta(days=1))
    now_papers, earlier_papers = (
        islice(search_engine.iterate(Search(query=And((query, days)), sort=Sort.NEWEST)), _MOST_TITLES)
        for days in (month, before)
    )
    return tuple(rising(now_papers, earlier_papers, _RISING))


def _coverage_states(request: Request, messages: Messages) -> list[tuple[str, str]]:
    """How many of the last days of each category are in each state; [] with the catalogue on another machine."""
    data = folder(request)
    if data is None:
        return []
    rows = coverage_of(data, CrawlSettings.load(), utc_now(), _COVERAGE_DAYS)
    states = Counter(row.state for row in rows if row.state is not CoverageState.NOT_ASKED)
    return [(messages(f"state_{state.value}"), messages.number(count)) for state, count in states.most_common()]
