"""What a source is told, or asked, when it is visited again: validators, the day of a harvest, and rankings.

They are written in the transaction that keeps the page they are of, so that none of them is ahead of it.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import NamedTuple

from papers import codec, sightings
from papers.paper import Page, PageState, Validators


class KnownPage(NamedTuple):
    """A page that was kept complete: its validators, and the day that it showed."""

    validators: Validators
    day: date | None


class Ranking(NamedTuple):
    """The papers of a ranking by their ids, the first first, and when it was read."""

    ids: tuple[str, ...]
    at: datetime | None  # None where it was never read


def record_page(connection: sqlite3.Connection, page: Page, at: datetime) -> None:
    """Write what this page says for the next visit. Must run inside a transaction.

    Validators are kept only of a page that is complete: a source that then says "not changed" speaks of all of it.
    """
    if page.listing is None:
        return
    connection.execute("DELETE FROM validator WHERE address = ?", (page.url,))
    if page.validators and page.state is not PageState.PARTIAL and page.cut is None and page.resume is None:
        day = page.day.isoformat() if page.day else ""
        connection.execute(
            "INSERT INTO validator VALUES (?, ?, ?, ?)",
            (page.url, page.validators.etag, page.validators.modified, day),
        )
    _record_page_end(connection, page)
    if page.reached is not None:
        _record_reached(connection, page.listing.source, *page.reached)
    if page.is_ranking:
        _record_ranking(connection, page, at)


def _record_page_end(connection: sqlite3.Connection, page: Page) -> None:
    """Add what a page of a harvest ended in; the last page forgets them all, and a first page those of before."""
    assert page.listing is not None
    key = (page.listing.source, page.listing.name)
    if page.resume is None or page.asked_at is None:
        connection.execute("DELETE FROM page_end WHERE source = ? AND name = ?", key)
    if page.page_end and page.resume is not None:
        day, ids = page.page_end
        connection.execute("INSERT INTO page_end VALUES (?, ?, ?, ?)", (*key, day.isoformat(), ids))


def page_ends(connection: sqlite3.Connection, source: str, name: str) -> dict[date, bytes]:
    """The datestamps that the pages of a harvest under way ended in, each with the hashes of its records."""
    ends: dict[date, bytes] = {}
    rows = connection.execute("SELECT day, ids FROM page_end WHERE source = ? AND name = ?", (source, name))
    for day, ids in rows:
        ends[date.fromisoformat(day)] = ends.get(date.fromisoformat(day), b"") + ids
    return ends


def known_page(connection: sqlite3.Connection, address: str) -> KnownPage | None:
    """What is known of the page at an address; None where none was kept complete, or the source sent no validators."""
    row = connection.execute("SELECT etag, modified, day FROM validator WHERE address = ?", (address,)).fetchone()
    if row is None:
        return None
    etag, modified, day = row
    return KnownPage(Validators(etag, modified), date.fromisoformat(day) if day else None)


def _record_reached(connection: sqlite3.Connection, source: str, name: str, day: date) -> None:
    """Note that all that a source changed before `day` is kept; an earlier day than before changes nothing."""
    connection.execute(
        "INSERT INTO reached VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET day = max(day, excluded.day)",
        (source, name, day.isoformat()),
    )


def reached(connection: sqlite3.Connection, source: str, name: str | None = None) -> date | None:
    """The day before which all changes of a source's list, or of any, are kept; None where none is known."""
    condition = "" if name is None else "AND name = ?"
    (day,) = connection.execute(
        f"SELECT max(day) FROM reached WHERE source = ? {condition}", (source, *(() if name is None else (name,)))
    ).fetchone()
    return date.fromisoformat(day) if day else None


def ranking(connection: sqlite3.Connection, source: str, name: str) -> Ranking:
    """The ranking of a source as it was read last."""
    rows = connection.execute(
        "SELECT p.id, r.at FROM ranking r JOIN paper p ON p.number = r.paper "
        "WHERE r.source = ? AND r.name = ? AND p.merged IS NOT NULL ORDER BY r.place",
        (source, name),
    ).fetchall()
    return Ranking(tuple(id for id, _ in rows), codec.from_microseconds(rows[0][1]) if rows else None)


def _record_ranking(connection: sqlite3.Connection, page: Page, at: datetime) -> None:
    """Put the papers of a page into the ranking; its first page replaces the whole one that was there."""
    assert page.listing is not None
    key = (page.listing.source, page.listing.name)
    if page.asked_at is None:
        connection.execute("DELETE FROM ranking WHERE source = ? AND name = ?", key)
    (places_taken,) = connection.execute(
        "SELECT coalesce(max(place), 0) FROM ranking WHERE source = ? AND name = ?", key
    ).fetchone()
    ids = list(dict.fromkeys(sighting.id for sighting in page.sightings))
    numbers = sightings.numbers(connection, ids)
    connection.executemany(
        "INSERT INTO ranking VALUES (?, ?, ?, ?, ?)",
        ((*key, places_taken + place, numbers[id], codec.to_microseconds(at)) for place, id in enumerate(ids, start=1)),
    )
