"""The readers of the page who get a search by mail. Their addresses lie in a database of their own, and nowhere else.

The catalogue can be copied, shown and given away. What is deleted here is overwritten in the file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from papers.codec import to_microseconds
from papers.errors import PaperglotError

FILE = "subscribers.sqlite"
# A subscription that is not confirmed is deleted after so long, and an address is asked so often at most until then.
UNCONFIRMED_FOR, MOST_ASKED = timedelta(days=3), 3
_VERSION = 1
_BUSY_SECONDS = 30
_TABLE = """
CREATE TABLE IF NOT EXISTS subscription (
    name      TEXT PRIMARY KEY,
    search    TEXT NOT NULL,
    address   TEXT NOT NULL,
    language  TEXT NOT NULL,
    every     TEXT NOT NULL,
    at        INTEGER NOT NULL,  -- when it was asked for
    confirmed INTEGER            -- when it was confirmed by a mail; null before
) WITHOUT ROWID;
"""
_COLUMNS = "name, search, address, language, every"


class SubscribersUnusable(PaperglotError):
    """Raised by `Subscribers`: its file cannot be opened, read or written."""

    status = 503


@dataclass(frozen=True, slots=True)
class Subscription:
    """An alert that a reader of the page has made: the parameters of its search, and where it goes."""

    name: str
    search: str
    address: str
    language: str
    every: str


class Subscribers:
    """The subscriptions of a data folder; a context manager. Raises SubscribersUnusable."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        """With `write` the file is made where it is missing; without it, there are no subscriptions then."""
        self._path = folder / FILE
        with self._errors():
            self._connection = self._opened(write)

    def _opened(self, write: bool) -> sqlite3.Connection:
        path = self._path
        if write:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not path.exists():
            return _with_table(sqlite3.connect(":memory:"))
        # What a killed process has left half done can be repaired only by who may write.
        may_write = write or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        address = f"{path.absolute().as_uri()}?mode={'rw' if may_write else 'ro'}"
        connection = sqlite3.connect(address, timeout=_BUSY_SECONDS, isolation_level=None, uri=True)
        if connection.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise SubscribersUnusable(f"{path} was written by a newer Paperglot: update this one.")
        return _with_table(connection) if may_write else connection

    def __enter__(self) -> Subscribers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(self, subscription: Subscription, at: datetime) -> bool:
        """Keep a subscription, which does nothing until it is confirmed.

        False where so many of its address wait for an answer already that it is not kept.
        """
        rows = self._execute(
            "INSERT INTO subscription SELECT ?, ?, ?, ?, ?, ?, NULL WHERE "
            "(SELECT count(*) FROM subscription WHERE address = ? AND confirmed IS NULL) < ? RETURNING name",
            *astuple(subscription), to_microseconds(at), subscription.address, MOST_ASKED,
        )  # fmt: skip
        return bool(rows)

    def confirm(self, name: str, at: datetime) -> bool:
        """Confirm a subscription; False where there is none of this name."""
        rows = self._execute(
            "UPDATE subscription SET confirmed = coalesce(confirmed, ?) WHERE name = ? RETURNING name",
            to_microseconds(at), name,
        )  # fmt: skip
        return bool(rows)

    def end(self, name: str) -> None:
        """Delete a subscription."""
        self._delete("name = ?", name)

    def end_address(self, address: str) -> list[str]:
        """Delete all subscriptions of an address; their names."""
        return self._delete("address = ?", address)

    def end_unconfirmed(self, now: datetime) -> list[str]:
        """Delete the subscriptions that were asked for long ago and never confirmed; their names."""
        return self._delete("confirmed IS NULL AND at < ?", to_microseconds(now - UNCONFIRMED_FOR))

    def _delete(self, condition: str, value: object) -> list[str]:
        rows = self._execute(f"DELETE FROM subscription WHERE {condition} RETURNING name", value)
        if rows:
            # Pages that were once filled otherwise keep copies of rows, which secure_delete does not know.
            self._execute("VACUUM")
        return [name for (name,) in rows]

    def count_of(self, address: str) -> int:
        """How many subscriptions an address has, confirmed or not."""
        return int(self._execute("SELECT count(*) FROM subscription WHERE address = ?", address)[0][0])

    def confirmed(self) -> list[Subscription]:
        """The subscriptions that were confirmed, the oldest first."""
        return self._subscriptions("confirmed IS NOT NULL")

    def unconfirmed(self) -> list[Subscription]:
        """The subscriptions that were not confirmed yet, the oldest first."""
        return self._subscriptions("confirmed IS NULL")

    def _subscriptions(self, condition: str) -> list[Subscription]:
        rows = self._execute(f"SELECT {_COLUMNS} FROM subscription WHERE {condition} ORDER BY at, name")
        return [Subscription(*row) for row in rows]

    def copy_to(self, file: Path) -> None:
        """Copy all of it into a new file, which nobody else can read, and onto the disk."""
        with self._errors():
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with closing(sqlite3.connect(file)) as copy:
                    self._connection.backup(copy)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _execute(self, statement: str, *values: object) -> Sequence[tuple[str, ...]]:
        with self._errors():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise SubscribersUnusable(f"The readers' addresses in {self._path} cannot be used: {error}.") from error


def move_from(catalogue: sqlite3.Connection, folder: Path) -> None:
    """Take over the subscriptions that catalogues held until schema 10."""
    rows = catalogue.execute(f"SELECT {_COLUMNS}, at, confirmed FROM subscription").fetchall()
    if rows:
        with Subscribers(folder, write=True) as subscribers:
            subscribers._connection.executemany("INSERT OR IGNORE INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def check(file: Path) -> None:
    """Raise SubscribersUnusable where a copy is damaged, or is none."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute(f"SELECT {_COLUMNS}, at, confirmed FROM subscription").fetchall()
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("it is damaged")
    except sqlite3.Error as error:
        raise SubscribersUnusable(f"The readers' addresses in {file} cannot be used: {error}.") from error


def _with_table(connection: sqlite3.Connection) -> sqlite3.Connection:
    # No write-ahead log: deleted addresses would stay in it. The journal is deleted with each transaction.
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA secure_delete = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
        connection.executescript(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    return connection
