"""`/days`: a month with what each of its days has. `/huggingface`: the newest day there."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from delivery.periods import Days, Period, Unit, around, of_text, title
from indexer.engine import SearchEngine
from indexer.query.request import Filters
from indexer.query.request import Request as SearchRequest
from indexer.query.search import Search
from indexer.query.tree import DateRange
from indexer.results import Bar
from papers import calendar
from papers.calendar import utc_now
from papers.paper import FIRST_YEAR
from search_ui import asked
from search_ui.layout import engine, page, root, words
from search_ui.navigation import HUGGING_FACE, Choice, address_of

router = APIRouter(include_in_schema=False)
_DAYS_LOOKED_BACK = 400


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the month; `reason` says why there can be no paper of it: weekend, holiday, not_yet, or nothing."""

    day: date
    address: str
    count: int
    reason: str


@router.get("/days")
def show(request: Request) -> Response:
    """A month as a calendar: `month=2026-11`, by default the newest; `at=huggingface` for the days there."""
    parameters = asked.parameters_of(request)
    search_engine, messages, today = engine(request), words(request), utc_now().date()
    featured = parameters.get("at", [""])[0] == HUGGING_FACE
    month = of_text(parameters.get("month", [""])[0])
    if month is None or month.unit is not Unit.MONTH:
        month = around(Unit.MONTH, today)
    days = Days(month, featured)
    counts = _counts(search_engine, month, featured)

    def address(period: Period) -> str:
        return address_of(SearchRequest(filters=days.filters(Filters(), period)))

    weeks = [
        [
            CalendarDay(day, address(around(Unit.DAY, day)), counts.get(day, 0), _reason(day, featured))
            if day.month == month.first.month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(month.first.year, month.first.month)
    ]
    years = search_engine.search(Search(facets=("year",), size=1)).facets.get("year", ())
    return page(
        request,
        "days.html",
        featured=featured,
        title=title(messages, month),
        weekdays=[messages.weekday(around(Unit.WEEK, month.first).first + timedelta(days=n)) for n in range(7)],
        weeks=weeks,
        total=messages.count(sum(counts.values())),
        whole=address(month),
        previous=_calendar(month.previous, featured) if month.previous.first.year >= FIRST_YEAR else None,
        next=_calendar(month.next, featured) if month.next.first <= today else None,
        others=[
            Choice("arXiv", _calendar(month, featured=False), chosen=not featured),
            Choice(messages("huggingface"), _calendar(month, featured=True), chosen=featured),
        ],
        years=[
            Choice(year.value, _calendar(around(Unit.MONTH, month.first.replace(year=int(year.value))), featured))
            for year in years
        ],
    )


@router.get("/huggingface")
def hugging_face(request: Request) -> Response:
    """The newest day of Hugging Face's daily papers that is here; the calendar if there is none of the last year."""
    today = utc_now().date()
    days = [today - timedelta(days=number) for number in range(_DAYS_LOOKED_BACK)]
    for start in range(0, len(days), 20):
        some_days = days[start : start + 20]
        counts = engine(request).count([DateRange("featured", day, day) for day in some_days])
        for day, count in zip(some_days, counts, strict=True):
            if count:
                return RedirectResponse(f"{root(request)}/?featured={day}", status_code=302)
    return RedirectResponse(f"{root(request)}/days?at={HUGGING_FACE}", status_code=302)


def _counts(search_engine: SearchEngine, month: Period, featured: bool) -> dict[date, int]:
    """Day → how many papers it has."""
    if featured:
        days = [month.first + timedelta(days=number) for number in range((month.last - month.first).days + 1)]
        return dict(zip(days, search_engine.count([DateRange("featured", day, day) for day in days]), strict=True))
    search = Search(query=DateRange("date", month.first, month.last), size=1, histogram=True)
    bars: tuple[Bar, ...] = search_engine.search(search).histogram
    return {bar.first: bar.count for bar in bars}


def _reason(day: date, featured: bool) -> str:
    if day > max(calendar.current_listing_day(utc_now()), utc_now().date()):
        return "not_yet"
    if day.weekday() >= calendar.SATURDAY:
        return "weekend"
    return "holiday" if not featured and calendar.is_known(day.year) and not calendar.is_listing_day(day) else "nothing"


def _calendar(month: Period, featured: bool) -> str:
    return f"/days?month={month}" + (f"&at={HUGGING_FACE}" if featured else "")
