"""Plans what to fetch: a pure function of coverage, calendar, settings and refusals.

Only days that are not complete are fetched again. `crawl`, `coverage --repair` and a schedule run these plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from crawler import sites
from crawler.harvest import sets_of
from papers import sources
from papers.calendar import current_listing_day, feed_day, records_changed_at
from papers.categories import taxonomy
from papers.coverage import CoverageState, DayCoverage, Subject
from papers.paper import Attempt, AttemptOutcome, Listing

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
TRENDING = Listing(source=sources.HUGGING_FACE, name="trending")


@dataclass(frozen=True, slots=True)
class Run:
    """One spider with its arguments."""

    spider: str
    arguments: dict[str, Any] = field(default_factory=dict)


def subjects(categories: Iterable[str]) -> list[Subject]:
    """The subjects of an ordinary crawl: these arXiv categories, then Hugging Face's daily papers."""
    return [*(Subject(sources.ARXIV_LISTING, category) for category in categories), HUGGING_FACE]


def feeds(categories: Iterable[str]) -> list[Subject]:
    """The feeds of these categories. Whole archives have too many papers for a feed, which is cut at 2,000."""
    return [Subject(sources.ARXIV_RSS, category) for category in categories if category in taxonomy()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a plan is made from: the coverage of lists and of today's feeds, and the last attempts at other listings."""

    coverage: Sequence[DayCoverage]
    feeds: Sequence[DayCoverage] = ()
    latest: Mapping[Listing, Attempt] = field(default_factory=dict)
    categories: Sequence[str] = ()


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


def daily(known: Known, now: datetime, refused: Collection[str] = ()) -> list[Run]:
    """The runs of an ordinary crawl: today's feeds and lists, what is missing of the days before, what has changed,
    then Hugging Face.

    The feeds come first: they are cheap, and have papers where a list fails. Hugging Face comes last, so that its long
    waits never delay arXiv. A site named in `refused` is asked only for its newest days, so that the report of the run
    says why nothing came.
    """
    coverage = known.coverage
    today = current_listing_day(now)
    runs = [] if sites.ARXIV_RSS in refused else _todays_feeds(known.feeds, now)
    lists_today = [day for day in coverage if day.subject.category and day.day == today]
    due_today = [day for day in lists_today if is_due(day, now, repair=True)]
    if due_today:
        runs.append(Run("arxiv_new", {"categories": _categories(due_today)}))
    if sites.ARXIV not in refused:
        runs += catch_up([day for day in coverage if day.day != today and is_due(day, now)], now)
    if sites.ARXIV_OAI not in refused:
        runs += _harvest(known, now)
    # Hugging Face's list of a day grows while the day lasts, so two days are current.
    daily_lists = [day for day in coverage if day.subject == HUGGING_FACE]
    recent, earlier = daily_lists[-RECENT:], daily_lists[:-RECENT]
    due = [day for day in recent if is_due(day, now, repair=True)]
    if sites.HUGGING_FACE not in refused:
        due += [day for day in earlier if is_due(day, now)]
    return runs + _hugging_face([day.day for day in due]) + _trending(known, now, refused)


def _todays_feeds(days: Iterable[DayCoverage], now: datetime) -> list[Run]:
    """A feed is of today, and only on a day with announcements is there anything in it."""
    due = [day for day in days if day.day == feed_day(now) and is_due(day, now, repair=True)]
    return [Run("arxiv_rss", {"categories": _categories(due)})] if due else []


_DONE = (AttemptOutcome.COMPLETE, AttemptOutcome.EMPTY, AttemptOutcome.UNCHANGED)


def is_answered(attempt: Attempt | None, since: datetime) -> bool:
    """Whether the last attempt at a listing that is not of a day still holds: all came, and not before `since`."""
    return attempt is not None and attempt.outcome in _DONE and attempt.at >= since


def _harvest(known: Known, now: datetime) -> list[Run]:
    """The run that asks for what has changed, in the sets that were not asked since arXiv last changed its records."""
    sets = [name for category in known.categories for name in sets_of(category)]
    attempts = {name: known.latest.get(Listing(source=sources.ARXIV_OAI_RAW, name=name)) for name in sets}
    changed_at = records_changed_at(now)
    due = [name for name, attempt in attempts.items() if not is_answered(attempt, changed_at)]
    return [Run("arxiv_oai", {"sets": ",".join(due)})] if due else []


def _trending(known: Known, now: datetime, refused: Collection[str]) -> list[Run]:
    is_recent = is_answered(known.latest.get(TRENDING), now - RECHECK)
    return [] if is_recent or sites.HUGGING_FACE in refused else [Run("huggingface_trending")]


def next_source(coverage: Sequence[DayCoverage], now: datetime, refused: Collection[str] = ()) -> list[Run]:
    """The runs after today's lists were fetched: catch-up pages for the lists that did not come whole.

    A site that refuses everything by now is not asked.
    """
    today = current_listing_day(now)
    if sites.ARXIV in refused:
        return []
    return catch_up([day for day in coverage if day.day == today and day.state in _INCOMPLETE], now)


_INCOMPLETE = (
    CoverageState.PARTIAL,
    CoverageState.STALE,
    CoverageState.REFUSED,
    CoverageState.UNREACHABLE,
    CoverageState.UNREADABLE,
)


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
