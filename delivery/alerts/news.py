"""Which papers are new for an alert."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from delivery.alerts.file import Alert
from delivery.digest.gather import Source, checked
from indexer.documents import Document
from indexer.find import matching, search_of
from indexer.query.search import Search, Sort
from indexer.query.tree import And, DateRange, NumberRange, Query
from papers.calendar import current_listing_day, is_listing_day, listing_days, weekdays
from papers.outbox import SentPaper

# A paper is new for so many days of announcements, counted from its own.
WINDOW_DAYS, LONGEST_WINDOW_DAYS = 14, 90
# More new versions than this in the window are not looked through: arXiv has about 1,000 on a day.
_MOST_VERSIONS = 50_000


@dataclass(frozen=True, slots=True)
class News:
    """The papers of an alert that it has not sent, the newest first; and all of the window, as they are marked."""

    papers: tuple[Document, ...]
    marks: frozenset[SentPaper]


def news(source: Source, alert: Alert, sent: Collection[SentPaper], looked: datetime | None = None) -> News:
    """What is new for an alert, which `looked` last at this moment. Raises what a search raises, and InvalidRequest
    where the text is not understood."""
    first_day = _first_day(source.now, looked)
    query = _query(source, alert)
    documents = list(_iterate(source, And((query, DateRange("date", first_day, None)))))
    new = [document for document in documents if (document.id, 0) not in sent]
    if alert.versions:
        later = And((query, NumberRange("version", 2, None), DateRange("updated", first_day, None)))
        replaced = list(islice(_iterate(source, later), _MOST_VERSIONS))
        known = {document.id for document in new}
        new += [each for each in replaced if each.id not in known and (each.id, each.version or 0) not in sent]
        documents += replaced
    marks = {(document.id, version) for document in documents for version in (0, document.version or 0)}
    return News(tuple(new), frozenset(marks))


def _first_day(now: datetime, looked: datetime | None) -> date:
    """The first day of the window. A machine that was off for long looks back to when it was on."""
    day = current_listing_day(now)
    first_day = listing_days(day, WINDOW_DAYS)[0]
    if looked is None or looked >= now:
        return first_day
    return max(min(first_day, current_listing_day(looked)), listing_days(day, LONGEST_WINDOW_DAYS)[0])


def current_day(now: datetime) -> date:
    """The weekday that arXiv's calendar is at: of its last announcement, or a holiday since."""
    day = current_listing_day(now)
    later = [each for each in weekdays(now.date(), 5) if each > day and not is_listing_day(each)]
    return later[-1] if later else day


def _query(source: Source, alert: Alert) -> Query:
    today, queries = source.now.date(), source.topics.queries
    reading, _ = matching(source.engine, alert.request, today=today, topics=queries, lexicon=source.lexicon)
    checked(reading)
    return search_of(alert.request, reading, queries).whole


def _iterate(source: Source, query: Query) -> Iterable[Document]:
    return source.engine.iterate(Search(query=query, sort=Sort.NEWEST))
