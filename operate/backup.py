"""A backup of the catalogue into one file, and back again.

The file is a catalogue with one table more, `backup`, which holds the settings. No index: that is made from it. No
secrets, and no paper that was forgotten.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from indexer.update import LOCK as INDEX_LOCK
from operate.without_secrets import settings_without_secrets
from papers import forgotten, locks, store
from papers.errors import PaperglotError, UsageError
from papers.store import FILE
from translation.worker import LOCK as TRANSLATION_LOCK

CHECKING = 2  # tables of a copy at a time: with more, small machines have nothing left for a crawl
SETTINGS = "restored-paperglot.toml"


class BackupFailed(PaperglotError):
    """Raised by `back_up` and `restore`: a file cannot be read or written, or is no backup."""


class Busy(PaperglotError):
    """Raised by `restore`: something works on the data folder."""

    exit_code = 3


class AlreadyThere(UsageError):
    """Raised by `back_up`: there is a file of that name."""


def back_up(folder: Path, file: Path, at: datetime) -> int:
    """Copy the catalogue in `folder` into the new file `file`; its size in bytes.

    A crawl beside it goes on: the copy is of one moment. Killed, it leaves no file of that name.
    """
    if file.exists():
        raise AlreadyThere(f"{file} is there already: name a new file.")
    if not file.absolute().parent.is_dir():
        raise BackupFailed(f"The backup {file} cannot be written: its folder is not there.")
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with closing(store.connect(folder, write=False)) as source:
            _copy(source, beside, at)
        if fault := _written_through(beside):
            raise BackupFailed(f"The catalogue is damaged ({fault}), so that no backup was made.")
        beside.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"The backup {file} cannot be written: {_plain(error)}.") from error
    finally:
        for rest in (beside, Path(f"{beside}-journal")):
            rest.unlink(missing_ok=True)
    return file.stat().st_size


def _copy(source: sqlite3.Connection, to: Path, at: datetime) -> None:
    with closing(sqlite3.connect(to, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = OFF")  # it is written to the disk as a whole, at the end
        # In one step: with several, each write of a crawl would begin it anew.
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID")
        target.executemany(
            "INSERT INTO backup VALUES (?, ?)", [("at", at.isoformat()), ("settings", settings_without_secrets())]
        )


def _written_through(file: Path) -> str | None:
    """Write a copy through to the disk, and look at it meanwhile, several tables at a time: what is wrong with it."""

    def fault(table: str) -> str | None:
        with closing(_reading(file)) as connection:
            return store.fault(connection, table)

    with closing(_reading(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    with ThreadPoolExecutor(CHECKING) as pool, file.open("rb+") as written:
        faults = [pool.submit(fault, table) for table in tables]
        os.fsync(written.fileno())
        return next(filter(None, (one.result() for one in faults)), None)


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def restore(folder: Path, file: Path, at: datetime) -> Path | None:
    """Put a backup in the place of the catalogue in `folder`; where the former one is kept, None where there was none.

    It gets an epoch of its own, and may make its former index anew. What was forgotten since stays so. Killed at any
    moment, it leaves one catalogue or the other.
    """
    _check(file)
    folder.mkdir(parents=True, exist_ok=True)
    current, new = folder / FILE, folder / f"{FILE}.new"
    with _alone(folder, at):
        try:
            shutil.copyfile(file, new)
            settings = _prepare(new, current, at)
            kept = _keep_beside(current, folder / f"catalogue-before-{at:%Y%m%d-%H%M%S}.sqlite")
            new.replace(current)
            if settings:
                (folder / SETTINGS).write_text(settings, "utf-8")
        except (OSError, sqlite3.Error) as error:
            raise BackupFailed(f"The backup {file} cannot be restored: {_plain(error)}.") from error
        finally:
            for rest in (new, Path(f"{new}-wal"), Path(f"{new}-shm"), Path(f"{new}-journal")):
                rest.unlink(missing_ok=True)
    return kept


def _check(file: Path) -> None:
    try:
        with closing(_reading(file)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("SELECT 1 FROM paper LIMIT 1")
            fault = store.fault(connection)
    except sqlite3.Error as error:
        raise BackupFailed(f"{file} is no backup of Paperglot's: {error}.") from error
    if version > len(store.migrations()):
        raise BackupFailed(f"{file} was made by a newer Paperglot: update this one.")
    if fault:
        raise BackupFailed(f"{file} is damaged ({fault}), so that nothing was changed.")


@contextmanager
def _alone(folder: Path, at: datetime) -> Iterator[None]:
    """Hold every lock of those who write; raises Busy where one is taken."""
    with ExitStack() as stack:
        if stack.enter_context(locks.held(folder / locks.RUN, "paperglot restore", at)) is None:
            raise Busy("A run is going on: stop the schedule, or wait for its end, and restore then.")
        for path in (folder / INDEX_LOCK, *folder.glob(f"*-{TRANSLATION_LOCK}")):
            if not stack.enter_context(locks.exclusive(path)):
                raise Busy(f"Something works on {folder} ({path.name}): wait for its end, and restore then.")
        yield


def _prepare(new: Path, current: Path, at: datetime) -> str:
    """Make the copy a catalogue of its own; the settings that came with it."""
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        settings = ""
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'backup'").fetchone():
            rows = dict(connection.execute("SELECT name, content FROM backup"))
            settings = rows.get("settings", "")
            connection.execute("DROP TABLE backup")
        connection.execute("INSERT OR IGNORE INTO meta SELECT 'former', value FROM meta WHERE key = 'epoch'")
        connection.execute(
            "UPDATE meta SET value = value || ' ' || (SELECT value FROM meta WHERE key = 'epoch') WHERE key = 'former'"
        )
        connection.execute("UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'epoch'")
    store.migrate(new)
    with closing(store.open_file(new)) as connection:
        for one in _forgotten_since(current):
            connection.execute("PRAGMA secure_delete = ON")
            with store.transaction(connection):
                forgotten.forget(connection, [one.id], one.reason, one.at)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return settings


def _forgotten_since(current: Path) -> list[forgotten.Forgotten]:
    """What the catalogue that is replaced keeps away; [] where there is none, or none that can be read."""
    if not current.exists():
        return []
    with suppress(sqlite3.Error), closing(_reading(current)) as connection:
        return forgotten.listed(connection)
    return []


def _keep_beside(current: Path, kept: Path) -> Path | None:
    if not current.exists() or current.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(current, timeout=1)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        busy = 0  # it is damaged: that is why somebody restores
    if busy:
        raise Busy("Something has the catalogue open: stop the page, and restore then.")
    # What is left of a log would be taken for the new catalogue's.
    for rest in (f"{current}-wal", f"{current}-shm"):
        Path(rest).unlink(missing_ok=True)
    os.link(current, kept)
    return kept


def _plain(error: OSError | sqlite3.Error) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
