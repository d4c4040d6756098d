"""Attempts and resume points: what was asked of each listing, how it turned out, and where its next page starts.

They are written in the transaction that keeps the page, so that they never say more than was kept. Attempts are only
added, never changed. The coverage of a day is computed from them (`papers.coverage`), never stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta

import orjson

from papers import codec
from papers.paper import Attempt, AttemptOutcome, Listing, Page, PageState, Rejected, Section

MOST_REJECTED_NAMED = 3  # in the reason of an attempt; all of them are kept as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a listing of several pages was read. `resume` says where it goes on, in the spider's own terms."""

    listing: Listing
    resume: str
    sections: tuple[Section, ...]
    at: datetime
    partial: bool = False  # one of the pages so far lacked entries


def after_page(
    progress: Progress | None, page: Page, at: datetime, *, announced: int | None = None
) -> Progress | Attempt:
    """The progress of the page's listing once the page is kept or, on the last page, the attempt. Pure.

    `page.listing` must be set. `progress` is how far the listing was read before, None where it was not begun. A page
    that does not follow it begins the listing anew. `announced` is how many different entries of the listing's day are
    kept, with this page: an entry that is read twice counts once. It is None for a listing without a day.
    """
    assert page.listing is not None
    is_next_page = progress is not None and page.asked_at == progress.resume
    sections = _summed(progress.sections if progress and is_next_page else (), page.sections)
    partial = page.state is PageState.PARTIAL or bool(progress and is_next_page and progress.partial)
    if page.resume is not None and page.cut is None:
        return Progress(listing=page.listing, resume=page.resume, sections=sections, at=at, partial=partial)
    outcome, reason = _outcome_of(page, sections, announced, partial=partial)
    return Attempt(listing=page.listing, at=at, outcome=outcome, reason=reason, sections=sections)


def _summed(earlier_sections: tuple[Section, ...], page_sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections of all pages so far, added up: one for each category, day and kind."""
    sums: dict[tuple[str, date | None, str], Section] = {}
    for section in (*earlier_sections, *page_sections):
        key = (section.category, section.day, section.kind)
        if earlier := sums.get(key):
            stated = max((count for count in (earlier.stated, section.stated) if count is not None), default=None)
            section = replace(section, stated=stated, found=earlier.found + section.found)
        sums[key] = section
    return tuple(sums.values())


def _outcome_of(
    page: Page, sections: tuple[Section, ...], announced: int | None, *, partial: bool
) -> tuple[AttemptOutcome, str | None]:
    listing = page.listing
    assert listing is not None
    # The list may have changed to another day's while it was read: entries of that day do not count.
    read_count = sum(section.found for section in sections if listing.day is None or section.day in (None, listing.day))
    entry_count = read_count if announced is None else announced
    if listing.day is not None:
        shown_days = {section.day for section in sections if section.day}
        if shown_days and listing.day not in shown_days:
            return AttemptOutcome.STALE, f"the list shows {max(shown_days)}"
    stated = page.total if page.total is not None else _stated(sections)
    if page.cut is not None:
        return AttemptOutcome.PARTIAL, page.cut
    is_lacking = stated is not None and entry_count < stated
    if is_lacking or page.rejected or (partial and stated is None):
        counts = f"{entry_count} of {stated}" if is_lacking else ""
        return AttemptOutcome.PARTIAL, "; ".join(
            filter(None, (counts, *_rejection_reasons(page.rejected)))
        ) or "a page is short"
    return (AttemptOutcome.COMPLETE if read_count else AttemptOutcome.EMPTY), None


def _stated(sections: Iterable[Section]) -> int | None:
    counts = [section.stated for section in sections if section.stated is not None]
    return sum(counts) if counts else None


def _rejection_reasons(rejected: Sequence[Rejected]) -> list[str]:
    named = [f"record {record.number} was left out: {record.reason}" for record in rejected[:MOST_REJECTED_NAMED]]
    more = len(rejected) - len(named)
    return [*named, f"and {more} more"] if more else named


# The tables

_LISTING = "source, name, category, day"


def _key(listing: Listing) -> tuple[str, str, str, str]:
    return (listing.source, listing.name, listing.category, listing.day.isoformat() if listing.day else "")


def record_page(connection: sqlite3.Connection, page: Page, at: datetime) -> Attempt | None:
    """Record a page that is kept in this transaction; return the attempt that it ends if it was the last, else None."""
    connection.executemany(
        "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?, ?, ?)",
        (
            (page.source, page.url, record.number, record.reason, record.start, codec.to_microseconds(at))
            for record in page.rejected
        ),
    )
    if page.listing is None:
        return None
    announced = _announced_count(connection, page.listing) if page.listing.day else None
    result = after_page(progress(connection, page.listing), page, at, announced=announced)
    if isinstance(result, Attempt):
        record(connection, result)
        return result
    connection.execute(
        f"INSERT OR REPLACE INTO resume ({_LISTING}, token, sections, partial, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *_key(result.listing),
            result.resume,
            _packed(result.sections),
            result.partial,
            codec.to_microseconds(at),
        ),
    )
    return None


def _announced_count(connection: sqlite3.Connection, listing: Listing) -> int:
    """How many of the entries that its source announced for a listing's day are kept."""
    (count,) = connection.execute(
        "SELECT count(*) FROM announcement WHERE source = ? AND category = ? AND day = ?",
        (listing.source, listing.category, listing.day.isoformat() if listing.day else ""),
    ).fetchone()
    return int(count)


def record(connection: sqlite3.Connection, attempt: Attempt) -> None:
    """Add an attempt. Unless its outcome is one of UNFINISHED, the next one begins at the first page."""
    connection.execute(
        f"INSERT INTO attempt ({_LISTING}, at, outcome, reason, sections) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *_key(attempt.listing),
            codec.to_microseconds(attempt.at),
            attempt.outcome,
            attempt.reason,
            _packed(attempt.sections),
        ),
    )
    is_old_answer = attempt.outcome is AttemptOutcome.STALE and attempt.listing.day is None
    if attempt.outcome not in UNFINISHED and not is_old_answer:
        connection.execute(
            "DELETE FROM resume WHERE source = ? AND name = ? AND category = ? AND day = ?", _key(attempt.listing)
        )


# After these, the pages that were read before still count: the next run goes on from there.
UNFINISHED = (AttemptOutcome.REFUSED, AttemptOutcome.UNREACHABLE, AttemptOutcome.UNREADABLE)


def progress(connection: sqlite3.Connection, listing: Listing) -> Progress | None:
    """How far a listing was read; None where it was not begun, or was read to its end."""
    row = connection.execute(
        "SELECT token, sections, partial, at FROM resume WHERE source = ? AND name = ? AND category = ? AND day = ?",
        _key(listing),
    ).fetchone()
    if row is None:
        return None
    token, sections, partial, at = row
    return Progress(
        listing=listing,
        resume=token,
        sections=_unpacked(sections),
        at=codec.from_microseconds(at),
        partial=bool(partial),
    )


def forget_progress(connection: sqlite3.Connection, listing: Listing) -> None:
    """Let the next attempt at a listing begin at its first page."""
    connection.execute("DELETE FROM resume WHERE source = ? AND name = ? AND category = ? AND day = ?", _key(listing))


def attempts(connection: sqlite3.Connection, first: date | None = None, last: date | None = None) -> list[Attempt]:
    """All attempts, or those at listings of days from `first` to `last`, in the order in which they were made."""
    rows = connection.execute(
        f"SELECT {_LISTING}, at, outcome, reason, sections FROM attempt WHERE day BETWEEN ? AND ? ORDER BY number",
        (first.isoformat() if first else "", last.isoformat() if last else "9999"),
    )
    return [_attempt(row) for row in rows]


def latest(connection: sqlite3.Connection) -> dict[Listing, Attempt]:
    """The last attempt at each listing that is not of a day."""
    rows = connection.execute(
        f"""SELECT {_LISTING}, at, outcome, reason, sections FROM attempt
        WHERE number IN (SELECT max(number) FROM attempt WHERE day = '' GROUP BY source, name, category)"""
    )
    return {attempt.listing: attempt for attempt in map(_attempt, rows)}


def begun(connection: sqlite3.Connection) -> dict[tuple[str, str], date]:
    """The first day for which a source was ever asked for a category: (source, category) → day."""
    rows = connection.execute("SELECT source, category, min(day) FROM attempt WHERE day <> '' GROUP BY 1, 2")
    return {(source, category): date.fromisoformat(day) for source, category, day in rows}


def announced(connection: sqlite3.Connection, first: date, last: date) -> list[tuple[str, date, str, str, str]]:
    """Who listed which paper, on days from `first` to `last`: (category, day, source, kind, id of the paper)."""
    rows = connection.execute(
        """SELECT a.category, a.day, a.source, a.kind, p.id FROM announcement a JOIN paper p ON p.number = a.paper
        WHERE a.day BETWEEN ? AND ? ORDER BY 1, 2, 3, 4, 5""",
        (first.isoformat(), last.isoformat()),
    )
    return [(category, date.fromisoformat(day), source, kind, id) for category, day, source, kind, id in rows]


def rejected(connection: sqlite3.Connection, within: timedelta, now: datetime) -> list[tuple[str, str, Rejected]]:
    """The records left out within this time before `now`: (source, address of the page, record), newest first."""
    rows = connection.execute(
        "SELECT source, address, number, reason, start FROM rejected WHERE at >= ? ORDER BY at DESC, number",
        (codec.to_microseconds(now - within),),
    )
    return [(source, address, Rejected(number, reason, start)) for source, address, number, reason, start in rows]


def _attempt(row: tuple[str, str, str, str, int, str, str | None, str]) -> Attempt:
    source, name, category, day, at, outcome, reason, sections = row
    return Attempt(
        listing=Listing(source=source, name=name, category=category, day=date.fromisoformat(day) if day else None),
        at=codec.from_microseconds(at),
        outcome=AttemptOutcome(outcome),
        reason=reason,
        sections=_unpacked(sections),
    )


def _packed(sections: tuple[Section, ...]) -> str:
    return orjson.dumps([astuple(section) for section in sections]).decode()


def _unpacked(sections: str) -> tuple[Section, ...]:
    return tuple(
        Section(category, date.fromisoformat(day) if day else None, kind, stated, read_count)
        for category, day, kind, stated, read_count in orjson.loads(sections)
    )
