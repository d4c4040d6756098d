"""What each day has: a pure fold of attempts, announcements and calendar.

Nothing of it is stored. For a category and a day it says how many papers their source states, how many are kept, and
why the rest is not. Three rules:

- A count is judged against its own source: lists, feeds and catch-up pages count by different rules.
- A statement is as final as the moment it was made: a list that could still grow then is *complete so far*.
- Sources are compared by the ids they announce. What another source has in addition is named as a difference; it
  never makes a complete day partial.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from papers import calendar, sources
from papers.paper import Attempt, AttemptOutcome, Section

# A list that was empty when papers were expected is believed when it still was this long after the announcement: an
# outage once looked like an empty day.
EMPTY_BELIEVED_AFTER = timedelta(hours=24)


class CoverageState(StrEnum):
    """What is known of a category's day."""

    COMPLETE = "complete"
    SO_FAR = "complete so far"  # the day had not ended when it was asked for
    EMPTY = "empty"
    PARTIAL = "partial"
    STALE = "stale"  # the source still showed another day
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "not readable"
    MISSING = "missing"  # expected, and never asked for
    NOT_YET = "not yet"  # not announced, or nobody knows whether there is a list at all
    NOT_ASKED = "not asked"  # before this category was first crawled


class Subject(NamedTuple):
    """What is followed from day to day: a category of arXiv's lists, or (category "") a source's own day."""

    source: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the catalogue knows of the days that are looked at."""

    attempts: tuple[Attempt, ...] = ()  # in the order in which they were made
    begun: Mapping[tuple[str, str], date] = field(default_factory=dict)  # (source, category) → first day asked for
    announced: tuple[tuple[str, date, str, str, str], ...] = ()  # (category, day, source, kind, id)


class SectionCoverage(NamedTuple):
    kind: str
    expected: int | None
    got: int


class Difference(NamedTuple):
    """A paper that another source announces for this category and day."""

    id: str
    source: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCoverage:
    """What is there of one day of one subject. `final`: asking again would bring nothing new."""

    subject: Subject
    day: date
    state: CoverageState
    got: int = 0  # papers that are kept, whoever listed them first
    expected: int | None = None  # as the source states
    sections: tuple[SectionCoverage, ...] = ()
    list_name: str | None = None  # which of the source's lists the statement is from
    at: datetime | None = None  # of the last attempt
    reason: str | None = None
    final: bool = False
    differences: tuple[Difference, ...] = ()


def days_of(subject: Subject, now: datetime, count: int) -> list[date]:
    """The last `count` days that are expected of a subject at `now`, oldest first."""
    if subject.category:
        return calendar.listing_days(calendar.current_listing_day(now), count)
    return calendar.weekdays(now.date(), count)


def fold(record: Record, subjects: Sequence[Subject], now: datetime, count: int) -> list[DayCoverage]:
    """The coverage of the last `count` expected days of each subject: subject by subject, oldest day first."""
    attempts = _attempts_by_day(record.attempts)
    announced = _announced_by_day(record)
    return [
        _of_day(subject, day, attempts, announced, record.begun.get(subject), now)
        for subject in subjects
        for day in days_of(subject, now, count)
    ]


def of_day(record: Record, subject: Subject, day: date, now: datetime) -> DayCoverage:
    """The coverage of one day of one subject, expected or not."""
    attempts, announced = _attempts_by_day(record.attempts), _announced_by_day(record)
    return _of_day(subject, day, attempts, announced, record.begun.get(subject), now)


_Attempts = Mapping[tuple[str, str, date], Sequence[Attempt]]
_Announced = Mapping[tuple[str, date], Sequence[Difference]]


def _announced_by_day(record: Record) -> _Announced:
    by_day: dict[tuple[str, date], list[Difference]] = {}
    for category, day, source, kind, id in record.announced:
        by_day.setdefault((category, day), []).append(Difference(id, source, kind))
    return by_day


def _attempts_by_day(attempts: Iterable[Attempt]) -> _Attempts:
    """The attempts that say something of a day: those at its lists, and those that got its list unexpectedly."""
    by_day: dict[tuple[str, str, date], list[Attempt]] = {}
    for attempt in attempts:
        listing = attempt.listing
        keys = {(listing.source, section.category, section.day) for section in attempt.sections if section.day}
        if listing.day:
            keys.add((listing.source, listing.category, listing.day))
        for key in keys:
            by_day.setdefault(key, []).append(attempt)
    return by_day


class _Statement(NamedTuple):
    """What an attempt says of one day: the sections of that day."""

    attempt: Attempt
    sections: tuple[Section, ...]

    @property
    def stated(self) -> int | None:
        counts = [section.stated for section in self.sections if section.stated is not None]
        return sum(counts) if counts else None

    @property
    def is_complete(self) -> bool:
        outcome = self.attempt.outcome
        if outcome is AttemptOutcome.STALE:  # of another day than was asked for, and perhaps all of that one
            stated = self.stated
            return stated is not None and sum(section.found for section in self.sections) >= stated
        return outcome in (AttemptOutcome.COMPLETE, AttemptOutcome.UNCHANGED)


def _of_day(
    subject: Subject,
    day: date,
    all_attempts: _Attempts,
    all_announced: _Announced,
    begun: date | None,
    now: datetime,
) -> DayCoverage:
    attempts = all_attempts.get((*subject, day), ())
    announced = all_announced.get((subject.category, day), ())
    own = [entry for entry in announced if entry.source == subject.source]
    ids = {entry.id for entry in own}
    statements = [
        _Statement(attempt, tuple(s for s in attempt.sections if s.day == day and s.category == subject.category))
        for attempt in attempts
    ]
    statements = [statement for statement in statements if statement.sections]
    deciding = _deciding(statements)
    state, reason, final = _state(subject, day, attempts, deciding, len(own), begun, now)
    expected = deciding.stated if deciding else None
    return DayCoverage(
        subject=subject,
        day=day,
        state=state,
        got=len(ids),
        expected=expected,
        sections=_sections(deciding, own),
        list_name=deciding.attempt.listing.name if deciding else None,
        at=attempts[-1].at if attempts else None,
        reason=reason,
        final=final,
        differences=tuple(
            sorted(
                entry
                for entry in announced
                if entry.id not in ids and entry.source != subject.source and sources.source(entry.source).arxiv
            )
        ),
    )


def _deciding(statements: Sequence[_Statement]) -> _Statement | None:
    """The statement that a day is judged by: the last complete one, unless a later one states more; else the last."""
    counted = [statement for statement in statements if statement.stated is not None] or list(statements)
    for place in reversed(range(len(counted))):
        statement = counted[place]
        if statement.is_complete:
            later = [other.stated or 0 for other in counted[place + 1 :]]
            return statement if (statement.stated or 0) >= max(later, default=0) else counted[-1]
    return counted[-1] if counted else None


def _state(
    subject: Subject,
    day: date,
    attempts: Sequence[Attempt],
    deciding: _Statement | None,
    got: int,
    begun: date | None,
    now: datetime,
) -> tuple[CoverageState, str | None, bool]:
    """State, reason, and whether it is final."""
    last = attempts[-1] if attempts else None
    if deciding is not None and _is_complete(deciding, got):
        if _could_still_grow(subject, day, deciding.attempt.at):
            return CoverageState.SO_FAR, None, False
        return CoverageState.COMPLETE, None, True
    if got:
        return CoverageState.PARTIAL, _why_partial(deciding, got, last), False
    own = [attempt for attempt in attempts if attempt.listing.day == day]
    if own:
        return _without_papers(subject, day, own[-1])
    if now < calendar.announced_at(day):
        return CoverageState.NOT_YET, None, False
    if subject.category and not calendar.is_known(day.year):
        return CoverageState.NOT_YET, f"the calendar of {day.year} is not known", False
    if begun is None or day < begun:
        return CoverageState.NOT_ASKED, None, False
    return CoverageState.MISSING, None, False


def _is_complete(deciding: _Statement, got: int) -> bool:
    """A count decides where there is one: several partial attempts together may have brought all that the source
    states, and an attempt that read one entry twice has not."""
    if not got:
        return False
    return deciding.stated <= got if deciding.stated else deciding.is_complete


def _could_still_grow(subject: Subject, day: date, at: datetime) -> bool:
    """arXiv's list of a day does not change once it is announced; a source's own day lasts until it has ended."""
    return not subject.category and not calendar.is_over(day, at)


_COUNTS = re.compile(r"\d+ of \d+")


def _why_partial(deciding: _Statement | None, got: int, last: Attempt | None) -> str:
    stated = deciding.stated if deciding else None
    counts = f"{got} of {stated}" if stated is not None and stated > got else f"{got} papers, perhaps not all"
    further = [part for part in (last.reason or "").split("; ") if not _COUNTS.fullmatch(part)] if last else []
    return "; ".join([counts, *filter(None, further)])


_FAILED = {
    AttemptOutcome.PARTIAL: CoverageState.PARTIAL,
    AttemptOutcome.STALE: CoverageState.STALE,
    AttemptOutcome.REFUSED: CoverageState.REFUSED,
    AttemptOutcome.UNREACHABLE: CoverageState.UNREACHABLE,
    AttemptOutcome.UNREADABLE: CoverageState.UNREADABLE,
}


def _without_papers(subject: Subject, day: date, last: Attempt) -> tuple[CoverageState, str | None, bool]:
    if last.outcome in _FAILED:
        return _FAILED[last.outcome], last.reason, False
    if subject.category:
        return CoverageState.EMPTY, None, last.at - calendar.announced_at(day) >= EMPTY_BELIEVED_AFTER
    return CoverageState.EMPTY, None, calendar.is_over(day, last.at)


_KINDS = ("new", "cross", "replace")


def _sections(deciding: _Statement | None, own: Sequence[Difference]) -> tuple[SectionCoverage, ...]:
    got = Counter(_kind(entry.kind) for entry in own)
    expected = {section.kind: section.stated for section in deciding.sections} if deciding else {}
    if set(expected) == {""} and set(got) - {""}:
        expected = {}  # counted in all only
    kinds = sorted({*got, *expected}, key=lambda kind: (_KINDS.index(kind) if kind in _KINDS else 9, kind))
    return tuple(SectionCoverage(kind, expected.get(kind), got.get(kind, 0)) for kind in kinds if kind)


def _kind(kind: str) -> str:
    return "replace" if kind == "replace-cross" else kind
