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
from delivery.alerts.news import News, current_day, news
from delivery.digest.gather import Source
from papers.coverage import CoverageState
from papers.outbox import Message, Outbox, SentPaper

# So many days back, coverage is asked whether a day is over.
_DAYS = 5


@dataclass(frozen=True, slots=True)
class Round:
    """What one alert did: its messages, and a sentence for who runs it."""

    alert: Alert
    messages: tuple[Message, ...]
    sentence: str


def run_all(source: Source, outbox: Outbox, alerts: Sequence[Alert], page: str) -> Iterator[Round]:
    """Put what is new for each alert into the outbox. `page` is the page's public address, "" where there is none."""
    for alert in alerts:
        if outbox.begun(alert.name) is None:
            known = news(source, alert, ())
            outbox.begin(alert.name, known.marks, source.now, None)
            yield Round(alert, (), f"begins; {len(known.papers)} papers that are there already count as known")
            continue
        yield _round(source, outbox, alert, page)


def preview(source: Source, outbox: Outbox, alert: Alert, page: str) -> list[Message]:
    """The messages that an alert would send now; one that has not begun, all that is in its window."""
    return compose.messages(source, alert, news(source, alert, outbox.sent(alert.name)).papers, _home(alert, page))


def _round(source: Source, outbox: Outbox, alert: Alert, page: str) -> Round:
    day = current_day(source.now)
    if not _is_due(alert, outbox.told(alert.name), day):
        return Round(alert, (), f"has had its message of this {alert.every.value}")
    new = news(source, alert, outbox.sent(alert.name))
    if new.papers:
        messages = compose.messages(source, alert, new.papers, _home(alert, page))
        _put(outbox, alert, messages, _marks(new), source, day)
        return Round(alert, tuple(messages), f"{len(new.papers)} papers")
    if alert.empty is Empty.SILENT:
        return Round(alert, (), "nothing new")
    if _may_still_come(source, day):
        return Round(alert, (), "nothing new yet: not all of the day is here")
    message = compose.why_empty(source, alert, day)
    _put(outbox, alert, [message], (), source, day)
    return Round(alert, (message,), "nothing new, which it says")


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


def _put(
    outbox: Outbox, alert: Alert, messages: Sequence[Message], marks: Sequence[SentPaper], source: Source, day: date
) -> None:
    unsubscribed = outbox.unsubscribed(alert.name)
    recipients = [each.key for each in alert.recipients if each.key not in unsubscribed]
    outbox.put(dict.fromkeys(messages, recipients), alert.name, marks, source.now, day)


def _marks(new: News) -> list[SentPaper]:
    return [(paper.id, version) for paper in new.papers for version in {0, paper.version or 0}]


def _may_still_come(source: Source, day: date) -> bool:
    """Whether something of the day is missing that may still come."""
    if source.folder is None:
        return False
    rows = [row for row in coverage_of(source.folder, CrawlSettings.load(), source.now, _DAYS) if row.day == day]
    return any(row.state is CoverageState.NOT_YET or LOOKS[row.state] in ("waiting", "fault") for row in rows)


def _home(alert: Alert, page: str) -> str | None:
    return f"{page}/?{urlencode(alert.request.parameters())}" if page else None
