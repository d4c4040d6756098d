"""What is to be fetched: a pure function of coverage, calendar, settings and refusals.

Only what is not complete is looked at again. `crawl`, `coverage --repair` and a schedule run what comes of it.
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

# A list that may still grow, or that was empty when papers were expected, is asked for again after this long.
RECHECK = timedelta(hours=6)
# So many days are looked at again by an ordinary crawl.
DAYS = 7
# arXiv has catch-up pages for this long.
CATCHUP_DAYS = 90
# Hugging Face's days that are asked for on a first crawl.
RECENT = 2
A_DAY = timedelta(days=1)
HUGGING_FACE = Subject(sources.HUGGING_FACE)


@dataclass(frozen=True, slots=True)
class Run:
    """One spider with its arguments."""

    spider: str
    arguments: dict[str, Any] = field(default_factory=dict)


def subjects(categories: Iterable[str]) -> list[Subject]:
    """What an ordinary crawl follows: these categories of arXiv, and Hugging Face's daily papers."""
    return [*(Subject(sources.ARXIV_LISTING, category) for category in categories), HUGGING_FACE]


def is_due(day: DayCoverage, now: datetime, *, repair: bool = False) -> bool:
    """Whether asking for this day could bring anything. With `repair`, also what was never asked for."""
    match day.state:
        case CoverageState.COMPLETE:
            return False
        case CoverageState.NOT_YET:
            return day.reason is not None  # nobody knows whether there is a list: asking tells
        case CoverageState.NOT_ASKED:
            return repair
        case CoverageState.SO_FAR | CoverageState.EMPTY:
            return not day.final and (day.at is None or now - day.at >= RECHECK)
        case _:
            return True


def daily(coverage: Sequence[DayCoverage], now: datetime, refused: Collection[str] = ()) -> list[Run]:
    """The runs of an ordinary crawl: today's lists, then what is missing of the days before, then Hugging Face.

    Hugging Face comes last, so that its long waits never hold up arXiv. A site in `refused` is asked for its newest
    day only, so that the run says why nothing came of it.
    """
    today = current_listing_day(now)
    of_today = [day for day in coverage if day.subject.category and day.day == today]
    newest = [day for day in of_today if is_due(day, now, repair=True)]
    runs = [Run("arxiv_new", {"categories": _categories(newest)})] if newest else []
    if sites.ARXIV not in refused:
        runs += catch_up([day for day in coverage if day.day != today and is_due(day, now)], now)
    # Its list of a day grows while the day lasts, so that two days are current.
    readers = [day for day in coverage if day.subject == HUGGING_FACE]
    recent, earlier = readers[-RECENT:], readers[:-RECENT]
    due = [day for day in recent if is_due(day, now, repair=True)]
    if sites.HUGGING_FACE not in refused:
        due += [day for day in earlier if is_due(day, now)]
    return runs + _hugging_face([day.day for day in due])


def next_source(coverage: Sequence[DayCoverage], now: datetime) -> list[Run]:
    """The runs after today's lists were asked for: catch-up pages for those that were short or of another day."""
    today = current_listing_day(now)
    lacking = (CoverageState.PARTIAL, CoverageState.STALE, CoverageState.UNREADABLE)
    return catch_up([day for day in coverage if day.day == today and day.state in lacking], now)


def repair(coverage: Sequence[DayCoverage], now: datetime) -> list[Run]:
    """The runs that close every gap of these days, those before the first crawl included."""
    due = [day for day in coverage if is_due(day, now, repair=True)]
    return [*catch_up(due, now), *_hugging_face([day.day for day in due if day.subject == HUGGING_FACE])]


def catch_up(days: Iterable[DayCoverage], now: datetime) -> list[Run]:
    """The runs that fetch these days of categories from arXiv's catch-up pages, newest day first."""
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
