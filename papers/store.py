"""The SQLite file: how it is opened, written and brought to the present schema.

One process writes at a time (`transaction` takes the write lock at once), any number read. A read must not
outlive a batch: an open reader keeps the write-ahead log from shrinking.
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

from papers.errors import PaperglotError

FILE = "catalogue.sqlite"
# Written by whoever indexes the catalogue: how far that was. Where it is there, so was a catalogue.
INDEX_NOTE = "index-seen.json"
MIGRATIONS = Path(__file__).parent / "migrations"
# How long a writer waits for another one; the longest transaction holds 1,000 papers (about 0.2 s).
BUSY_SECONDS = 30
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

    With `write` the folder and the file are made where they are missing and migrated where they are older;
    without, either is an error of one sentence.
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
    """Whether something is in the catalogue's file; SQLite takes an empty one for a new one."""
    return path.exists() and path.stat().st_size > 0


def check_new(folder: Path) -> None:
    """Raise CatalogueLost where a catalogue that is missing has left something behind: a new one would lead to the loss
    of the index, too."""
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
    """Let `connect` make a new catalogue where the former one is missing; nothing where it is there."""
    if not _is_there(folder / FILE):
        for name in (INDEX_NOTE, f"{FILE}-wal", f"{FILE}-shm"):
            (folder / name).unlink(missing_ok=True)


def _reading(path: Path) -> str:
    """The address by which the file is opened for reading. SQLite makes files beside it, which a folder that is
    read-only does not allow; nobody changes it there, so that it can do without."""
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
    """Bring a catalogue's file that lies anywhere to the present schema."""
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
            done = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, script in enumerate(migrations()[done:], start=done + 1):
                connection.executescript(
                    f"BEGIN IMMEDIATE;\n{script.read_text('utf-8')}\nPRAGMA user_version = {number};\nCOMMIT;"
                )
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
    """The first of `count` numbers that were never given before."""
    (last,) = connection.execute(
        "UPDATE meta SET value = value + ? WHERE key = 'seq' RETURNING value", (count,)
    ).fetchone()
    connection.execute("INSERT OR REPLACE INTO mark VALUES (?, lower(hex(randomblob(8))))", (last,))
    return int(last) - count + 1


def fault(connection: sqlite3.Connection, table: str | None = None) -> str | None:
    """What SQLite finds wrong with the file, or with one table of it, at a quick look; None where nothing is."""
    what = "1" if table is None else f'"{table}"'
    try:
        answer = connection.execute(f"PRAGMA quick_check({what})").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if answer == "ok" else str(answer)


def damaged(error: sqlite3.DatabaseError) -> CatalogueUnusable:
    """Our error for one of SQLite's that reading the catalogue came to: its file is not what it was."""
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
