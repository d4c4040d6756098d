"""The ledger: what was expected and got of each listing of each day, and where its next page starts.

Its row is written in the transaction that keeps the page, so that it never says more than was kept.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from papers import codec
from papers.paper import Page, State


@dataclass(frozen=True, slots=True)
class Row:
    source: str
    listing: str
    day: str  # ISO, or "" for a listing that is not of a day
    total: int | None  # what the source says there is
    got: int
    state: State
    resume: int | None  # where the next page starts; None when the last one was kept
    at: datetime

    @property
    def done(self) -> bool:
        """Whether nothing of it needs to be fetched again."""
        return self.resume is None and self.state in (State.COMPLETE, State.EMPTY)


_COLUMNS = "source, listing, day, total, got, state, resume, at"


def record(connection: sqlite3.Connection, page: Page, at: datetime) -> None:
    """Note a page that is kept in this transaction; one that was noted before changes nothing."""
    day = page.day.isoformat() if page.day else ""
    before = row(connection, page.source, page.listing, day)
    if before and (before.done or (before.resume is not None and page.offset < before.resume)):
        return
    follows = before is not None and before.resume is not None and page.offset == before.resume
    got = (before.got if before and follows else 0) + len(page.sightings)
    connection.execute(
        f"INSERT OR REPLACE INTO ledger ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            page.source,
            page.listing,
            day,
            page.total,
            got,
            _state(page, got),
            page.next_offset,
            codec.to_microseconds(at),
        ),
    )


def _state(page: Page, got: int) -> State:
    if page.next_offset is not None:
        return State.OPEN
    if page.total is not None and got != page.total:
        return State.PARTIAL
    # The page past the end of a listing is empty; the listing is not.
    return State.COMPLETE if page.state is State.EMPTY and got else page.state


def row(connection: sqlite3.Connection, source: str, listing: str, day: str) -> Row | None:
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM ledger WHERE source = ? AND listing = ? AND day = ?", (source, listing, day)
    ).fetchone()
    return _row(found) if found else None


def rows(connection: sqlite3.Connection) -> list[Row]:
    return [
        _row(found) for found in connection.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY day DESC, source, listing")
    ]


def _row(found: tuple[str, str, str, int | None, int, str, int | None, int]) -> Row:
    source, listing, day, total, got, state, resume, at = found
    return Row(source, listing, day, total, got, State(state), resume, codec.from_microseconds(at))
