"""One round of all alerts: what is new becomes messages in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never
from urllib.parse import urlencode

from crawler.followed import LOOKS, coverage_of
from crawler.settings import CrawlSettings
from delivery.alerts import compose
from delivery.alerts.file import Alert, Empty, Rhythm
from delivery.alerts.news import current_day, news
from delivery.digest.gather import Source
from indexer.documents import Document
from papers.coverage import CoverageState
from papers.errors import PaperglotError
from papers.outbox import AlertState, Message, Outbox, SentPaper

# So many days back, coverage is asked whether a day is over.
_DAYS = 5


@dataclass(frozen=True, slots=True)
class Round:
    """What one alert did: its messages, and a sentence for who runs it; `is_failed` where it could not look."""

    alert: Alert
    messages: tuple[Message, ...]
    sentence: str
    is_failed: bool = False


def run_all(source: Source, outbox: Outbox, alerts: Sequence[Alert], page: str) -> Iterator[Round]:
    """Put what is new for each alert into the outbox. `page` is the page's public address, "" where there is none.

    An alert that cannot look hinders no other.
    """
    for alert in alerts:
        try:
            yield _round(source, outbox, alert, page)
        except PaperglotError as error:
            yield Round(alert, (), str(error).rstrip("."), is_failed=True)


def begin(source: Source, outbox: Outbox, alert: Alert) -> Round:
    """Begin an alert: what is there already is not new."""
    known = news(source, alert, ())
    outbox.begin(alert.name, _search(alert), known.marks, source.now)
    return Round(alert, (), f"begins; {len(known.papers)} papers that are there already count as known")


def preview(source: Source, outbox: Outbox, alert: Alert, page: str) -> list[Message]:
    """The messages that an alert would send now; one that has not begun, all that is in its window."""
    state = outbox.state(alert.name)
    sent = outbox.sent(alert.name) if state and state.search == _search(alert) else ()
    return compose.messages(source, alert, news(source, alert, sent).papers, _home(alert, page))


def _round(source: Source, outbox: Outbox, alert: Alert, page: str) -> Round:
    state = outbox.state(alert.name)
    if state is None or state.search != _search(alert):
        return begin(source, outbox, alert)
    day = current_day(source.now)
    # A clock that was wrong once must not silence an alert for years.
    told = state.told if state.told and state.told <= day else None
    if not _is_due(alert, told, day):
        return Round(alert, (), f"has had its message of this {alert.every.value}")
    unsubscribed = outbox.unsubscribed(alert.name)
    recipients = [each.key for each in alert.recipients if each.key not in unsubscribed]
    new = news(source, alert, outbox.sent(alert.name), state.looked)
    messages = compose.messages(source, alert, new.papers, _home(alert, page)) if recipients else []
    if new.papers:
        outbox.put(dict.fromkeys(messages, recipients), alert.name, _marks(new.papers), source.now, day)
        return Round(alert, tuple(messages), f"{len(new.papers)} papers")
    reason = _why_silent(source, alert, told, day, state)
    if reason or not recipients:
        outbox.put({}, alert.name, (), source.now)
        return Round(alert, (), reason or "nothing new")
    message = compose.why_empty(source, alert, day)
    outbox.put({message: recipients}, alert.name, (), source.now, day)
    return Round(alert, (message,), "nothing new, which it says")


def _why_silent(source: Source, alert: Alert, told: date | None, day: date, state: AlertState) -> str:
    """Why nothing is said where nothing is new; "" where the alert is to say why."""
    if alert.empty is Empty.SILENT or told == day:
        return "nothing new"
    if any(paper.day == day for paper in news(source, alert, (), state.looked).papers):
        return "nothing more of this day"
    return "nothing new yet: not all of the day is here" if _may_still_come(source, day) else ""


def _is_due(alert: Alert, told: date | None, day: date) -> bool:
    match alert.every:
        case Rhythm.RUN:
            return True
        case Rhythm.DAY:
            return told is None or told < day
        case Rhythm.WEEK:
            return told is None or told.isocalendar()[:2] < day.isocalendar()[:2]
        case _:
            assert_never(alert.every)


def _marks(papers: Sequence[Document]) -> list[SentPaper]:
    return [(paper.id, version) for paper in papers for version in {0, paper.version or 0}]


def _may_still_come(source: Source, day: date) -> bool:
    """Whether something of the day is missing that may still come."""
    if source.folder is None:
        return False
    rows = [row for row in coverage_of(source.folder, CrawlSettings.load(), source.now, _DAYS) if row.day == day]
    return any(row.state is CoverageState.NOT_YET or LOOKS[row.state] in ("waiting", "fault") for row in rows)


def _search(alert: Alert) -> str:
    return urlencode(alert.request.parameters())


def _home(alert: Alert, page: str) -> str | None:
    return f"{page}/?{_search(alert)}" if page else None
