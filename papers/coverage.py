"""The coverage of each day: a pure fold of attempts, announcements and calendar.

Coverage is not stored. For a category and a day it says how many papers the source states, how many are kept, and
why the others are not. Three rules:

- A count is judged against its own source: lists, feeds and catch-up pages count by different rules.
- A statement holds for the moment it was made: a list that could still grow then is *complete so far*.
- Sources are compared by the ids they announce. A paper that only one of them has is reported as a difference; it
  never makes a complete day partial. Where the list itself has brought nothing, the papers of another source count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from papers import calendar, comparison, sources
from papers.comparison import Difference, OtherSource, is_other
from papers.paper import Attempt, AttemptOutcome, Section

# An empty list, where papers were expected, is believed only when it is still empty this long after the announcement:
# an outage once looked like an empty day.
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
    """What coverage is computed for: a category of arXiv's lists or, with category "", a source that has none."""

    source: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the catalogue holds about the days whose coverage is computed."""

    attempts: tuple[Attempt, ...] = ()  # in the order in which they were made
    begun: Mapping[tuple[str, str], date] = field(default_factory=dict)  # (source, category) → first day asked for
    announced: tuple[tuple[str, date, str, str, str], ...] = ()  # (category, day, source, kind, id)


class SectionCoverage(NamedTuple):
    """How many entries of one kind are expected, None where the source does not state it, and how many are kept."""

    kind: str
    expected: int | None
    got: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCoverage:
    """The coverage of one day of one subject. Where `final` is true, another attempt would bring nothing new."""

    subject: Subject
    day: date
    state: CoverageState
    got: int = 0  # how many papers of this source's list are kept, whichever source listed them first
    expected: int | None = None  # as the source states
    sections: tuple[SectionCoverage, ...] = ()
    list_name: str | None = None  # which of the source's lists the statement is from
    at: datetime | None = None  # of the last attempt
    reason: str | None = None
    final: bool = False
    differences: tuple[Difference, ...] = ()
    others: tuple[OtherSource, ...] = ()


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
    """The attempts that concern each day: those that asked for its list, and those that were shown it unasked."""
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
        if outcome is AttemptOutcome.STALE:  # it shows another day than was asked for, perhaps completely
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
    own_entries = [entry for entry in announced if entry.source == subject.source]
    ids = {entry.id for entry in own_entries}
    statements = [
        _Statement(attempt, tuple(s for s in attempt.sections if s.day == day and s.category == subject.category))
        for attempt in attempts
    ]
    statements = [statement for statement in statements if statement.sections]
    deciding = _deciding(statements)
    state, reason, final = _state(subject, day, attempts, deciding, len(own_entries), begun, now)
    expected = deciding.stated if deciding else None
    other_entries = [entry for entry in announced if is_other(entry.source, subject.source)]
    tries = {
        name: [each for each in all_attempts.get((name, subject.category, day), ()) if each.listing.day == day]
        for name in sources.SOURCES
    }
    others = comparison.others(subject.source, tries, other_entries)
    if other_entries and not own_entries and subject.source == sources.ARXIV_LISTING:
        ids = {entry.id for entry in other_entries}
        names = ", ".join(sources.label(other.source) for other in others if other.got)
        reason = f"{len(ids)} papers from {names}; the list: {state}{f', {reason}' if reason else ''}"
        state, final = CoverageState.PARTIAL, False
    return DayCoverage(
        subject=subject,
        day=day,
        state=state,
        got=len(ids),
        expected=expected,
        sections=_sections(deciding, own_entries),
        list_name=deciding.attempt.listing.name if deciding else None,
        at=attempts[-1].at if attempts else None,
        reason=reason,
        final=final,
        differences=comparison.differences(subject.source, own_entries, other_entries, others),
        others=others,
    )


_RECENT = "recent"  # the lists of the last days have no replacements


def _deciding(statements: Sequence[_Statement]) -> _Statement | None:
    """The statement that decides the state of a day; None where there is no statement.

    It is the last complete one. Where a later one states more papers, or none is complete, it is the last one.
    """
    of_whole_lists = [statement for statement in statements if statement.attempt.listing.name != _RECENT] or statements
    candidates = [statement for statement in of_whole_lists if statement.stated is not None] or list(of_whole_lists)
    for index in reversed(range(len(candidates))):
        statement = candidates[index]
        if statement.is_complete:
            later_counts = [later_statement.stated or 0 for later_statement in candidates[index + 1 :]]
            return statement if (statement.stated or 0) >= max(later_counts, default=0) else candidates[-1]
    return candidates[-1] if candidates else None


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
    last_attempt = attempts[-1] if attempts else None
    own_attempts = [attempt for attempt in attempts if attempt.listing.day == day]
    if deciding is not None and deciding.attempt.listing.name == _RECENT and got:
        return CoverageState.PARTIAL, f"{got} papers from the list of the last days, which has no replacements", False
    if deciding is not None and _is_complete(deciding, got):
        if _could_still_grow(subject, day, deciding.attempt.at):
            return CoverageState.SO_FAR, None, False
        return CoverageState.COMPLETE, None, True
    # Lists of weeks, and what is trending, hold papers of days that nobody asked for.
    if got and (subject.category or deciding or own_attempts):
        return CoverageState.PARTIAL, _why_partial(deciding, got, last_attempt), False
    if own_attempts:
        return _without_papers(subject, day, own_attempts[-1])
    if now < calendar.announced_at(day):
        return CoverageState.NOT_YET, None, False
    if subject.category and not calendar.is_known(day.year):
        return CoverageState.NOT_YET, f"the calendar of {day.year} is not known", False
    if begun is None or day < begun:
        return CoverageState.NOT_ASKED, None, False
    return CoverageState.MISSING, None, False


def _is_complete(deciding: _Statement, got: int) -> bool:
    """Whether all papers of the day are kept. Where the source states a count, that decides.

    Several partial attempts together may have brought all that the source states, and an attempt that read one entry
    twice has not.
    """
    if not got:
        return False
    return deciding.stated <= got if deciding.stated else deciding.is_complete


def _could_still_grow(subject: Subject, day: date, at: datetime) -> bool:
    """Whether the list could still grow at `at`.

    arXiv's list of a day does not change once it is announced; another source's list may grow until its day is over.
    """
    return not subject.category and not calendar.is_over(day, at)


_COUNTS = re.compile(r"\d+ of \d+")


def _why_partial(deciding: _Statement | None, got: int, last_attempt: Attempt | None) -> str:
    stated = deciding.stated if deciding else None
    counts = f"{got} of {stated}" if stated is not None and stated > got else f"{got} papers, perhaps not all"
    other_reasons = (
        [part for part in (last_attempt.reason or "").split("; ") if not _COUNTS.fullmatch(part)]
        if last_attempt
        else []
    )
    return "; ".join([counts, *filter(None, other_reasons)])


_FAILED = {
    AttemptOutcome.PARTIAL: CoverageState.PARTIAL,
    AttemptOutcome.STALE: CoverageState.STALE,
    AttemptOutcome.REFUSED: CoverageState.REFUSED,
    AttemptOutcome.UNREACHABLE: CoverageState.UNREACHABLE,
    AttemptOutcome.UNREADABLE: CoverageState.UNREADABLE,
}


def _without_papers(subject: Subject, day: date, last_attempt: Attempt) -> tuple[CoverageState, str | None, bool]:
    if last_attempt.outcome in _FAILED:
        return _FAILED[last_attempt.outcome], last_attempt.reason, False
    if subject.category:
        return CoverageState.EMPTY, None, last_attempt.at - calendar.announced_at(day) >= EMPTY_BELIEVED_AFTER
    return CoverageState.EMPTY, None, calendar.is_over(day, last_attempt.at)


_KINDS = ("new", "cross", "replace")


def _sections(deciding: _Statement | None, own_entries: Sequence[Difference]) -> tuple[SectionCoverage, ...]:
    kept_by_kind = Counter(_kind(entry.kind) for entry in own_entries)
    stated_by_kind = {section.kind: section.stated for section in deciding.sections} if deciding else {}
    if set(stated_by_kind) == {""} and set(kept_by_kind) - {""}:
        stated_by_kind = {}  # the source states the total only
    kinds = sorted(
        {*kept_by_kind, *stated_by_kind}, key=lambda kind: (_KINDS.index(kind) if kind in _KINDS else 9, kind)
    )
    return tuple(SectionCoverage(kind, stated_by_kind.get(kind), kept_by_kind.get(kind, 0)) for kind in kinds if kind)


def _kind(kind: str) -> str:
    return "replace" if kind == "replace-cross" else kind
