"""Forgotten papers: removed, and refused when seen again. Kept of each are its id, who listed it, and the reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from papers import codec, store
from papers.sightings import numbers


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A paper that was forgotten."""

    id: str
    at: datetime
    reason: str  # "" where none was given


def forget(connection: sqlite3.Connection, ids: Sequence[str], reason: str, at: datetime) -> int:
    """Remove all that is known of these papers and refuse them from now on; return how many were in the catalogue.

    Must run inside a transaction. Their announcements stay, so that a day that listed them is still complete.
    """
    numbers_by_id = numbers(connection, ids)
    seq = store.next_seq(connection, len(ids))
    removed_count = 0
    for offset, id in enumerate(ids):
        number = numbers_by_id.get(id)
        if number is None:
            number = connection.execute("INSERT INTO paper (id, seq) VALUES (?, ?)", (id, seq + offset)).lastrowid
        else:
            for table in ("sighting", "text", "translation"):
                connection.execute(f"DELETE FROM {table} WHERE paper = ?", (number,))
            removed_count += connection.execute(
                "UPDATE paper SET seq = ?, title = NULL, abstract = NULL, merged = NULL "
                "WHERE number = ? AND merged IS NOT NULL",
                (seq + offset, number),
            ).rowcount
        connection.execute(
            "INSERT OR REPLACE INTO forgotten VALUES (?, ?, ?)", (number, codec.to_microseconds(at), reason)
        )
    return removed_count


def let_in(connection: sqlite3.Connection, ids: Sequence[str]) -> int:
    """Accept these papers again when they are next seen; return how many were forgotten. Must run in a transaction."""
    row_numbers = list(numbers(connection, ids).values())
    return connection.execute(
        "DELETE FROM forgotten WHERE paper IN (SELECT value FROM json_each(?))", (orjson.dumps(row_numbers).decode(),)
    ).rowcount


def listed(connection: sqlite3.Connection) -> list[Forgotten]:
    """All forgotten papers, the most recently forgotten first."""
    rows = connection.execute(
        "SELECT p.id, f.at, f.reason FROM forgotten f JOIN paper p ON p.number = f.paper ORDER BY f.at DESC, p.id"
    )
    return [Forgotten(id, codec.from_microseconds(at), reason) for id, at, reason in rows]
