"""The SQLite file: how it is opened, written and brought to the present schema.

One process writes at a time (`transaction` takes the write lock at once); any number may read. A read must end with
its batch: an open reader keeps the write-ahead log from shrinking.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from papers import subscribers
from papers.errors import PaperglotError

FILE = "catalogue.sqlite"
# Whoever indexes the catalogue notes here how far it has read. Where this file exists, there was a catalogue.
INDEX_NOTE = "index-seen.json"
MIGRATIONS = Path(__file__).parent / "migrations"
# How long a writer waits for another one; the longest transaction holds 1,000 papers (about 0.2 s).
BUSY_SECONDS = 30
WITHOUT_ADDRESSES = 11  # the migration after which no address of a reader is in the catalogue
_FREE_FACTOR = 2  # a migration may rewrite the file once


class CatalogueMissing(PaperglotError):
    """Raised by `connect(write=False)`: nothing was ever kept in this data folder."""

    status = 503


class CatalogueLost(PaperglotError):
    """Raised by `connect`: the catalogue is missing or empty, and papers of it were indexed before."""

    status = 503


class CatalogueUnusable(PaperglotError):
    """Raised by `connect` and `transaction`: the file cannot be opened, read or written."""

    status = 503


class SchemaMismatch(PaperglotError):
    """Raised by `connect`: the file is of another schema than this program's."""

    status = 503


def migrations() -> list[Path]:
    """The migration scripts, in order; the schema's version is their number."""
    return sorted(MIGRATIONS.glob("[0-9]*.sql"))


def connect(folder: Path, *, write: bool) -> sqlite3.Connection:
    """A connection to the catalogue in `folder`.

    With `write`, the folder and the file are made where they are missing, and an older file is migrated. Without it,
    the first raises CatalogueMissing and the second SchemaMismatch. A file of a newer program always raises
    SchemaMismatch, a lost one CatalogueLost, one that cannot be opened CatalogueUnusable.
    """
    path = folder / FILE
    if not _is_there(path):
        check_new(folder)
        if not write:
            raise CatalogueMissing(
                f"There is no catalogue in {folder} yet: 'paperglot crawl' or 'paperglot import' makes one."
            )
    if write:
        _make_folder(folder)
    try:
        connection = sqlite3.connect(
            path if write else _reading(path), timeout=BUSY_SECONDS, isolation_level=None, uri=not write
        )
        if write:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise CatalogueUnusable(f"The catalogue {path} cannot be opened: {error}.") from error
    newest = len(migrations())
    if version > newest:
        raise SchemaMismatch(f"The catalogue {path} was written by a newer Paperglot: update this one.")
    if version < newest:
        if not write:
            raise SchemaMismatch(
                f"The catalogue {path} is of an older schema: run 'paperglot index' once to update it."
            )
        _migrate(connection, path)
    return connection


def _is_there(path: Path) -> bool:
    """Whether the file exists and is not empty; SQLite takes an empty file for a new database."""
    return path.exists() and path.stat().st_size > 0


def check_new(folder: Path) -> None:
    """Raise CatalogueLost where a missing catalogue has left files behind: a new one would cost the index, too."""
    try:
        note = json.loads((folder / INDEX_NOTE).read_bytes())
    except (OSError, ValueError):
        note = {}
    log = folder / f"{FILE}-wal"
    if (isinstance(note, dict) and note.get("cursor")) or _is_there(log):
        raise CatalogueLost(
            f"The catalogue in {folder} is missing or empty, and what was made from it is still there: put a backup of "
            f"{FILE} in its place. 'paperglot rebuild --force' begins a new one and gives up the rest of the former."
        )


def forget_lost(folder: Path) -> None:
    """Let `connect` make a new catalogue where the former one is missing. This changes nothing where it exists."""
    if not _is_there(folder / FILE):
        for name in (INDEX_NOTE, f"{FILE}-wal", f"{FILE}-shm"):
            (folder / name).unlink(missing_ok=True)


def _reading(path: Path) -> str:
    """The address by which the file is opened for reading.

    SQLite makes files beside it, which a read-only folder does not allow. Nobody can change the file there, so that it
    is opened as immutable, without them.
    """
    writable = os.access(path.parent, os.W_OK)
    return f"{path.absolute().as_uri()}?mode=ro" + (
        "" if writable or _is_there(Path(f"{path}-wal")) else "&immutable=1"
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueUnusable(f"The data folder {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CatalogueUnusable(
            f"The data folder {folder} is read-only: make it writable or name another with --data or PAPERGLOT_DATA."
        )


def open_file(path: Path) -> sqlite3.Connection:
    """A connection for writing to a catalogue's file that lies anywhere and is of the present schema."""
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def migrate(path: Path) -> None:
    """Bring a catalogue's file, of any name and in any folder, to the present schema."""
    with closing(open_file(path)) as connection:
        _migrate(connection, path)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    folder = path.parent
    try:
        with (folder / "migration.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            size, free = path.stat().st_size, shutil.disk_usage(folder).free
            if free < size * _FREE_FACTOR:
                raise CatalogueUnusable(
                    f"Updating the catalogue {path} needs {size * _FREE_FACTOR >> 20} MB of free disk; "
                    f"there are {free >> 20} MB."
                )
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, script in enumerate(migrations()[version:], start=version + 1):
                if number == WITHOUT_ADDRESSES:
                    subscribers.move_from(connection, folder)
                connection.executescript(
                    f"BEGIN IMMEDIATE;\n{script.read_text('utf-8')}\nPRAGMA user_version = {number};\nCOMMIT;"
                )
                if number == WITHOUT_ADDRESSES:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # they are in the log, too
    except (OSError, sqlite3.Error) as error:
        if connection.in_transaction:
            connection.rollback()
        raise CatalogueUnusable(f"The catalogue {path} cannot be written: {_plain(error)}.") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing: what is written inside is kept when the block ends, and undone when it raises."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise CatalogueUnusable(f"The catalogue cannot be written: {_plain(error)}.") from error


def next_seq(connection: sqlite3.Connection, count: int) -> int:
    """Take `count` new numbers for `seq`; return the first. Must run inside a transaction."""
    (last,) = connection.execute(
        "UPDATE meta SET value = value + ? WHERE key = 'seq' RETURNING value", (count,)
    ).fetchone()
    connection.execute("INSERT OR REPLACE INTO mark VALUES (?, lower(hex(randomblob(8))))", (last,))
    return int(last) - count + 1


def fault(connection: sqlite3.Connection, table: str | None = None) -> str | None:
    """What SQLite's quick check finds wrong with the file, or with one table of it; None where it finds nothing."""
    argument = "1" if table is None else f'"{table}"'
    try:
        answer = connection.execute(f"PRAGMA quick_check({argument})").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if answer == "ok" else str(answer)


def damaged(error: sqlite3.DatabaseError) -> CatalogueUnusable:
    """The error to raise where SQLite failed to read the catalogue because its file is damaged."""
    return CatalogueUnusable(
        f"The catalogue cannot be read: {_plain(error)}. Put a backup of {FILE} in its place; an import or a crawl "
        "then brings what came later."
    )


def _plain(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if "disk" in str(error) and "full" in str(error):
        return "the disk is full; free some and run the command again, it carries on"
    if "readonly" in str(error):
        return "it is read-only"
    return str(error)
