"""What alerts have sent, and the messages that are on their way to their recipients.

A message and the papers that count as sent with it are written in one transaction. A message stays until it has
arrived: after a crash it may arrive twice, with the same id, and is never lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from papers import store
from papers.codec import from_microseconds, to_microseconds


@dataclass(frozen=True, slots=True)
class Message:
    """A message of an alert; what it holds is known to who wrote it."""

    id: str
    alert: str
    at: datetime
    content: bytes


@dataclass(frozen=True, slots=True)
class AlertState:
    """The search of an alert as it last was, when it last looked, and the last day of which it told."""

    search: str
    looked: datetime
    told: date | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to a recipient, whom a hash names. `pieces` is how many parts of it have arrived."""

    message: Message
    recipient: str
    pieces: int
    tries: int
    next_try: datetime
    reason: str | None


# Longer than any window in which a paper is new.
KEPT_MARKS = timedelta(days=200)
# How the names of alerts begin that readers have made. The owner's cannot.
OF_READER = "reader: "
# The same, before readers had a database of their own.
_FORMERLY = "page-" + 16 * "[0-9a-f]"
# Where an alert has rows, and the column with its name.
_BY_ALERT = (("message", "alert"), ("alert_paper", "alert"), ("unsubscribed", "alert"), ("alert", "name"))
# The id of a paper and its version; 0 where the version does not matter.
SentPaper = tuple[str, int]


class Outbox:
    """The outbox of a catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Writing

    def begin(self, alert: str, search: str, papers: Collection[SentPaper], at: datetime) -> None:
        """Begin an alert, or one whose search has changed: these papers were there before, and count as sent."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "INSERT INTO alert (name, search, looked) VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET search = excluded.search, looked = excluded.looked",
                (alert, search, to_microseconds(at)),
            )
            _mark(connection, alert, papers, at)

    def put(
        self,
        messages: Mapping[Message, Collection[str]],
        alert: str,
        papers: Collection[SentPaper],
        at: datetime,
        told: date | None = None,
    ) -> None:
        """Put messages on their way to these recipients, mark the papers as sent, and note when the alert looked, and
        the day of which it told."""
        with store.transaction(self._connection) as connection:
            for message, recipients in messages.items():
                if recipients:
                    connection.execute(
                        "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?)",
                        (message.id, message.alert, to_microseconds(message.at), message.content),
                    )
                connection.executemany(
                    "INSERT OR IGNORE INTO delivery (message, recipient, next_try) VALUES (?, ?, ?)",
                    [(message.id, recipient, to_microseconds(at)) for recipient in recipients],
                )
            _mark(connection, alert, papers, at)
            connection.execute(
                "UPDATE alert SET looked = ?, told = coalesce(?, told) WHERE name = ?",
                (to_microseconds(at), told.isoformat() if told else None, alert),
            )
            # Nothing asks any more whether these were sent: they are older than any window.
            connection.execute(
                "DELETE FROM alert_paper WHERE alert = ? AND at < ?", (alert, to_microseconds(at - KEPT_MARKS))
            )

    def drop(self, delivery: Delivery) -> None:
        """A message has arrived, or is given up; its content goes with the last of its deliveries."""
        self._overwrite_deleted()
        with store.transaction(self._connection) as connection:
            _drop(connection, delivery.message.id, delivery.recipient)

    def arrived_in_part(self, delivery: Delivery, pieces: int) -> None:
        """So many parts of a message have arrived."""
        self._update(delivery, "pieces = ?", pieces)

    def failed(self, delivery: Delivery, next_try: datetime, reason: str) -> None:
        """A message could not be sent now: it is tried again at `next_try`."""
        self._update(delivery, "tries = tries + 1, next_try = ?, reason = ?", to_microseconds(next_try), reason)

    def unsubscribe(self, alert: str, recipient: str, at: datetime) -> None:
        """Send nothing more of an alert to a recipient."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO unsubscribed VALUES (?, ?, ?)", (alert, recipient, to_microseconds(at))
            )
            rows = connection.execute(
                "SELECT d.message FROM delivery d JOIN message m ON m.id = d.message "
                "WHERE m.alert = ? AND d.recipient = ?",
                (alert, recipient),
            ).fetchall()
            for (id,) in rows:
                _drop(connection, id, recipient)

    def end(self, alert: str) -> None:
        """Delete all that is known of an alert that a reader has ended: nobody can have unsubscribed from it."""
        self._overwrite_deleted()
        with store.transaction(self._connection) as connection:
            _end(connection, alert)
        # It is in the log, too. While another process reads, the log stays; the next round empties it.
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA busy_timeout = {store.BUSY_SECONDS * 1000}")

    def _overwrite_deleted(self) -> None:
        """From now on, what is deleted does not stay in free parts of the file: a hash tells whose address it is of."""
        self._connection.execute("PRAGMA secure_delete = ON")

    def _update(self, delivery: Delivery, assignments: str, *values: object) -> None:
        with store.transaction(self._connection) as connection:
            connection.execute(
                f"UPDATE delivery SET {assignments} WHERE message = ? AND recipient = ?",
                (*values, delivery.message.id, delivery.recipient),
            )

    # Reading

    def state(self, alert: str) -> AlertState | None:
        """What is known of an alert; None of one that never began."""
        row = self._connection.execute("SELECT search, looked, told FROM alert WHERE name = ?", (alert,)).fetchone()
        if row is None:
            return None
        search, looked, told = row
        return AlertState(search, from_microseconds(looked), date.fromisoformat(told) if told else None)

    def sent(self, alert: str) -> set[SentPaper]:
        """The papers that an alert has sent, or that were there before it."""
        rows = self._connection.execute("SELECT paper, version FROM alert_paper WHERE alert = ?", (alert,))
        return {(id, version) for id, version in rows}

    def unsubscribed(self, alert: str) -> set[str]:
        """The recipients who want nothing more of an alert."""
        rows = self._connection.execute("SELECT recipient FROM unsubscribed WHERE alert = ?", (alert,))
        return {recipient for (recipient,) in rows}

    def of_readers(self) -> set[str]:
        """The alerts of readers that anything is known of."""
        names = " UNION ".join(f"SELECT {column} AS name FROM {table}" for table, column in _BY_ALERT)
        rows = self._connection.execute(
            f"SELECT name FROM ({names}) WHERE name GLOB ? OR name GLOB ?", (f"{OF_READER}*", _FORMERLY)
        )
        return {name for (name,) in rows}

    def is_waiting(self, delivery: Delivery) -> bool:
        """Whether a message is still to be sent: its reader may have left since it was read."""
        row = self._connection.execute(
            "SELECT 1 FROM delivery WHERE message = ? AND recipient = ?", (delivery.message.id, delivery.recipient)
        ).fetchone()
        return row is not None

    def waiting(self, until: datetime | None = None) -> Sequence[Delivery]:
        """The deliveries that are to be tried by `until`, or all; the oldest message first."""
        rows = self._connection.execute(
            "SELECT m.id, m.alert, m.at, m.content, d.recipient, d.pieces, d.tries, d.next_try, d.reason "
            "FROM delivery d JOIN message m ON m.id = d.message WHERE d.next_try <= ? "
            "ORDER BY m.at, m.id, d.recipient",
            (to_microseconds(until) if until else 1 << 62,),
        )
        return [
            Delivery(
                Message(id, alert, from_microseconds(at), content), recipient, pieces, tries,
                from_microseconds(next_try), reason,
            )
            for id, alert, at, content, recipient, pieces, tries, next_try, reason in rows
        ]  # fmt: skip


def _mark(connection: sqlite3.Connection, alert: str, papers: Collection[SentPaper], at: datetime) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO alert_paper VALUES (?, ?, ?, ?)",
        [(alert, id, version, to_microseconds(at)) for id, version in papers],
    )


def _drop(connection: sqlite3.Connection, message: str, recipient: str) -> None:
    connection.execute("DELETE FROM delivery WHERE message = ? AND recipient = ?", (message, recipient))
    connection.execute(
        "DELETE FROM message WHERE id = ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = ?)", (message, message)
    )


def _end(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("DELETE FROM delivery WHERE message IN (SELECT id FROM message WHERE alert = ?)", (name,))
    for table, column in _BY_ALERT:
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))


def carry_over(current: sqlite3.Connection, restored: sqlite3.Connection) -> None:
    """Put what readers and alerts have done since a backup into the restored catalogue: who has unsubscribed stays so,
    and what was sent is not sent again. Waiting messages of the backup are dropped, and those of
    the former catalogue kept."""
    tables = ("alert", "alert_paper", "unsubscribed", "message", "delivery")
    # Read before anything is written: the former catalogue may be damaged, which is why somebody restores.
    rows_by_table = {table: current.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    with store.transaction(restored) as connection:
        for table in ("delivery", "message", "alert"):
            connection.execute(f"DELETE FROM {table}")
        for table, rows in rows_by_table.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
