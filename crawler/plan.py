"""Plans what to fetch: a pure function of coverage, calendar, settings and refusals.

Only days that are not complete are fetched again. `crawl`, `coverage --repair` and a schedule run these plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from crawler import sites
from papers import sources
from papers.calendar import current_listing_day
from papers.coverage import CoverageState, DayCoverage, Subject

# A list that may still grow, or that was unexpectedly empty, is asked for again after this time.
RECHECK = timedelta(hours=6)
# An ordinary crawl looks at this many days again.
DAYS = 7
# arXiv has catch-up pages for this many days.
CATCHUP_DAYS = 90
# A first crawl asks for this many of Hugging Face's days.
RECENT = 2
A_DAY = timedelta(days=1)
HUGGING_FACE = Subject(sources.HUGGING_FACE)


@dataclass(frozen=True, slots=True)
class Run:
    """One spider with its arguments."""

    spider: str
    arguments: dict[str, Any] = field(default_factory=dict)


def subjects(categories: Iterable[str]) -> list[Subject]:
    """The subjects of an ordinary crawl: these arXiv categories, then Hugging Face's daily papers."""
    return [*(Subject(sources.ARXIV_LISTING, category) for category in categories), HUGGING_FACE]


def is_due(day: DayCoverage, now: datetime, *, repair: bool = False) -> bool:
    """Whether asking for this day could bring anything. Days that were never asked for count only with `repair`."""
    match day.state:
        case CoverageState.COMPLETE:
            return False
        case CoverageState.NOT_YET:
            return day.reason is not None  # the calendar does not know whether there is a list: ask
        case CoverageState.NOT_ASKED:
            return repair
        case CoverageState.SO_FAR | CoverageState.EMPTY:
            return not day.final and (day.at is None or now - day.at >= RECHECK)
        case _:
            return True


def daily(coverage: Sequence[DayCoverage], now: datetime, refused: Collection[str] = ()) -> list[Run]:
    """The runs of an ordinary crawl: today's lists, then what is missing of the days before, then Hugging Face.

    Hugging Face comes last, so that its long waits never delay arXiv. A site named in `refused` is asked only for its
    newest days, so that the report of the run says why nothing came.
    """
    today = current_listing_day(now)
    lists_today = [day for day in coverage if day.subject.category and day.day == today]
    due_today = [day for day in lists_today if is_due(day, now, repair=True)]
    runs = [Run("arxiv_new", {"categories": _categories(due_today)})] if due_today else []
    if sites.ARXIV not in refused:
        runs += catch_up([day for day in coverage if day.day != today and is_due(day, now)], now)
    # Hugging Face's list of a day grows while the day lasts, so two days are current.
    daily_lists = [day for day in coverage if day.subject == HUGGING_FACE]
    recent, earlier = daily_lists[-RECENT:], daily_lists[:-RECENT]
    due = [day for day in recent if is_due(day, now, repair=True)]
    if sites.HUGGING_FACE not in refused:
        due += [day for day in earlier if is_due(day, now)]
    return runs + _hugging_face([day.day for day in due])


def next_source(coverage: Sequence[DayCoverage], now: datetime) -> list[Run]:
    """The runs after today's lists were fetched: catch-up pages for lists that were short or of another day."""
    today = current_listing_day(now)
    incomplete_states = (CoverageState.PARTIAL, CoverageState.STALE, CoverageState.UNREADABLE)
    return catch_up([day for day in coverage if day.day == today and day.state in incomplete_states], now)


def repair(coverage: Sequence[DayCoverage], now: datetime) -> list[Run]:
    """The runs that close every gap in these days, including days before the first crawl."""
    due = [day for day in coverage if is_due(day, now, repair=True)]
    return [*catch_up(due, now), *_hugging_face([day.day for day in due if day.subject == HUGGING_FACE])]


def catch_up(days: Iterable[DayCoverage], now: datetime) -> list[Run]:
    """The runs that fetch these days of categories from arXiv's catch-up pages, one run a day, newest day first.

    Days that are too old for these pages, and days of other sources, are left out.
    """
    oldest = now.date() - timedelta(days=CATCHUP_DAYS)
    by_day: dict[date, list[DayCoverage]] = {}
    for day in days:
        if day.subject.category and day.day >= oldest:
            by_day.setdefault(day.day, []).append(day)
    return [
        Run("arxiv_catchup", {"categories": _categories(gaps), "date": day.isoformat()})
        for day, gaps in sorted(by_day.items(), reverse=True)
    ]


def _hugging_face(days: Sequence[date]) -> list[Run]:
    if not days:
        return []
    return [Run("huggingface_daily", {"date": ",".join(day.isoformat() for day in sorted(days, reverse=True))})]


def _categories(days: Iterable[DayCoverage]) -> str:
    return ",".join(day.subject.category for day in days)
