"""What alerts have sent, and the messages that are on their way to their recipients.

A message and the papers that count as sent with it are written in one transaction. A message stays until it has
arrived: after a crash it may arrive twice, with the same id, and is never lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime

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
class Subscription:
    """An alert that a reader of the page has made: the parameters of its search, and where it goes."""

    name: str
    search: str
    address: str
    language: str
    every: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to a recipient, whom a hash names. `pieces` is how many parts of it have arrived."""

    message: Message
    recipient: str
    pieces: int
    tries: int
    next_try: datetime
    reason: str | None


# The id of a paper and its version; 0 where the version does not matter.
SentPaper = tuple[str, int]


class Outbox:
    """The outbox of a catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Writing

    def begin(self, alert: str, papers: Collection[SentPaper], at: datetime, told: date | None) -> None:
        """Begin an alert: these papers were there before it, and count as sent."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO alert (name, begun, told) VALUES (?, ?, ?)",
                (alert, to_microseconds(at), told.isoformat() if told else None),
            )
            _mark(connection, alert, papers, at)

    def put(
        self,
        messages: Mapping[Message, Collection[str]],
        alert: str,
        papers: Collection[SentPaper],
        at: datetime,
        told: date | None,
    ) -> None:
        """Put messages on their way to these recipients, mark the papers as sent, and note the day that was told."""
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
            if told:
                connection.execute("UPDATE alert SET told = ? WHERE name = ?", (told.isoformat(), alert))

    def drop(self, delivery: Delivery) -> None:
        """A message has arrived, or is given up; its content goes with the last of its deliveries."""
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

    def subscribe(self, subscription: Subscription, at: datetime) -> None:
        """Keep a subscription, which does nothing until it is confirmed."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO subscription VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (*astuple(subscription), to_microseconds(at)),
            )

    def confirm(self, name: str, at: datetime) -> bool:
        """Confirm a subscription; False where there is none of this name."""
        with store.transaction(self._connection) as connection:
            cursor = connection.execute(
                "UPDATE subscription SET confirmed = coalesce(confirmed, ?) WHERE name = ?",
                (to_microseconds(at), name),
            )
        return cursor.rowcount > 0

    def end_subscription(self, name: str) -> None:
        """Delete a subscription."""
        with store.transaction(self._connection) as connection:
            connection.execute("DELETE FROM subscription WHERE name = ?", (name,))

    def _update(self, delivery: Delivery, assignments: str, *values: object) -> None:
        with store.transaction(self._connection) as connection:
            connection.execute(
                f"UPDATE delivery SET {assignments} WHERE message = ? AND recipient = ?",
                (*values, delivery.message.id, delivery.recipient),
            )

    # Reading

    def begun(self, alert: str) -> datetime | None:
        """When an alert began; None for one that never has."""
        row = self._connection.execute("SELECT begun FROM alert WHERE name = ?", (alert,)).fetchone()
        return from_microseconds(row[0]) if row else None

    def told(self, alert: str) -> date | None:
        """The last day of which an alert has told something, or decided to be silent."""
        row = self._connection.execute("SELECT told FROM alert WHERE name = ?", (alert,)).fetchone()
        return date.fromisoformat(row[0]) if row and row[0] else None

    def sent(self, alert: str) -> set[SentPaper]:
        """The papers that an alert has sent, or that were there before it."""
        rows = self._connection.execute("SELECT paper, version FROM alert_paper WHERE alert = ?", (alert,))
        return {(id, version) for id, version in rows}

    def unsubscribed(self, alert: str) -> set[str]:
        """The recipients who want nothing more of an alert."""
        rows = self._connection.execute("SELECT recipient FROM unsubscribed WHERE alert = ?", (alert,))
        return {recipient for (recipient,) in rows}

    def subscriptions(self, *, confirmed: bool = True) -> list[Subscription]:
        """The subscriptions that were confirmed, or that were not yet."""
        rows = self._connection.execute(
            f"SELECT name, search, address, language, every FROM subscription "
            f"WHERE confirmed IS {'NOT ' if confirmed else ''}NULL ORDER BY at, name"
        )
        return [Subscription(*row) for row in rows]

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
