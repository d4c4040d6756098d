"""Copies the catalogue into one backup file, and restores it from there.

The file is a catalogue with one more table, `backup`, which holds the settings. It holds no index, which is made from
the catalogue, no secrets, no paper that was forgotten, and no address of a reader: a second file beside it has these.
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

from delivery.alerts.settings import ALERTS_LOCK
from indexer.update import LOCK as INDEX_LOCK
from operate.without_secrets import settings_without_secrets
from papers import files, forgotten, locks, outbox, store, subscribers
from papers.errors import PaperglotError, UsageError
from papers.store import FILE
from translation.worker import LOCK as TRANSLATION_LOCK

CHECKING = 2  # tables of a copy that are checked at once: with more, a small machine has nothing left for a crawl
SETTINGS = "restored-paperglot.toml"


class BackupFailed(PaperglotError):
    """Raised by `back_up` and `restore`: a file cannot be read or written, or is not a backup."""


class Busy(PaperglotError):
    """Raised by `restore`: another process is using the data folder."""

    exit_code = 3


class AlreadyThere(UsageError):
    """Raised by `back_up`: there is a file of that name."""


def back_up(folder: Path, file: Path, at: datetime) -> int:
    """Copy the catalogue in `folder` into the new file `file`; returns the size of the file in bytes.

    The addresses of readers, if there are any, are then copied into `addresses_beside(file)`. A crawl can go on
    meanwhile: the copy shows one moment. If the backup is killed, no file of that name is left.
    """
    for path in (file, addresses_beside(file)):
        if path.exists():
            raise AlreadyThere(f"{path} is there already: name a new file.")
    if not file.absolute().parent.is_dir():
        raise BackupFailed(f"The backup {file} cannot be written: its folder is not there.")
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    addresses = temporary.with_name(f"{temporary.name}.{subscribers.FILE}")
    try:
        with closing(store.connect(folder, write=False)) as source:
            _copy(source, temporary, at)
        if fault := _sync_and_check(temporary):
            raise BackupFailed(f"The catalogue is damaged ({fault}), so that no backup was made.")
        if (folder / subscribers.FILE).exists():
            with subscribers.Subscribers(folder) as readers:
                readers.copy_to(addresses)
            addresses.replace(addresses_beside(file))
        temporary.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"The backup {file} cannot be written: {_error_text(error)}.") from error
    finally:
        for leftover in (temporary, Path(f"{temporary}-journal"), addresses, Path(f"{addresses}-journal")):
            leftover.unlink(missing_ok=True)
    return file.stat().st_size


def addresses_beside(file: Path) -> Path:
    """The file beside a backup in which the addresses of readers are."""
    return file.with_name(f"{file.name}.{subscribers.FILE}")


def _copy(source: sqlite3.Connection, file: Path, at: datetime) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = OFF")  # the whole file is flushed to the disk at the end
        # Copied in one step: with several, each write of a crawl would restart the copy.
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID")
        target.executemany(
            "INSERT INTO backup VALUES (?, ?)", [("at", at.isoformat()), ("settings", settings_without_secrets())]
        )


def _sync_and_check(file: Path) -> str | None:
    """What is wrong with a copy; None where nothing is.

    It is flushed to the disk while its tables are checked, several at a time.
    """

    def fault(table: str) -> str | None:
        with closing(_reading(file)) as connection:
            return store.fault(connection, table)

    with closing(_reading(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    with ThreadPoolExecutor(CHECKING) as pool, file.open("rb+") as handle:
        futures = [pool.submit(fault, table) for table in tables]
        os.fsync(handle.fileno())
        return next(filter(None, (future.result() for future in futures)), None)


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def restore(folder: Path, file: Path, at: datetime) -> Path | None:
    """Put a backup in the place of the catalogue in `folder`.

    Returns the file in which the former catalogue is kept, None where there was none. The restored catalogue gets its
    own epoch, and may rebuild an index of its former epochs. Papers forgotten since the backup stay forgotten. If
    `restore` is killed at any moment, either the former or the restored catalogue is in place.
    """
    _check(file)
    if addresses_beside(file).exists():
        subscribers.check(addresses_beside(file))
    folder.mkdir(parents=True, exist_ok=True)
    current, new = folder / FILE, folder / f"{FILE}.new"
    with _all_locks(folder, at):
        try:
            shutil.copyfile(file, new)
            settings = _prepare(new, current, at)
            former_file = _keep_beside(current, folder / f"catalogue-before-{at:%Y%m%d-%H%M%S}.sqlite")
            new.replace(current)
            _restore_addresses(folder, addresses_beside(file))
            if settings:
                files.replace(folder / SETTINGS, settings.encode())
        except (OSError, sqlite3.Error) as error:
            raise BackupFailed(f"The backup {file} cannot be restored: {_error_text(error)}.") from error
        finally:
            for leftover in (new, Path(f"{new}-wal"), Path(f"{new}-shm"), Path(f"{new}-journal")):
                leftover.unlink(missing_ok=True)
    return former_file


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
def _all_locks(folder: Path, at: datetime) -> Iterator[None]:
    """Hold the locks of all processes that write to `folder`; raises Busy where one of them is taken."""
    with ExitStack() as stack:
        if stack.enter_context(locks.held(folder / locks.RUN, "paperglot restore", at)) is None:
            raise Busy("A run is going on: stop the schedule, or wait for its end, and restore then.")
        for path in (folder / INDEX_LOCK, folder / ALERTS_LOCK, *folder.glob(f"*-{TRANSLATION_LOCK}")):
            if not stack.enter_context(locks.exclusive(path)):
                raise Busy(f"Something works on {folder} ({path.name}): wait for its end, and restore then.")
        yield


def _prepare(new: Path, current: Path, at: datetime) -> str:
    """Give the copy its own epoch, and forget again; returns the settings that came with it, or ""."""
    if current.exists():
        with suppress(PaperglotError):  # one that is damaged stays as it is
            store.migrate(current)  # its readers get their own database, and count from now on
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        settings = ""
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'backup'").fetchone():
            rows = dict(connection.execute("SELECT name, content FROM backup"))
            settings = rows.get("settings", "")
            connection.execute("DROP TABLE backup")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        epoch = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
        connection.execute("INSERT OR IGNORE INTO meta SELECT 'former', value FROM meta WHERE key = 'epoch'")
        connection.execute(
            "UPDATE meta SET value = value || ' ' || (SELECT value FROM meta WHERE key = 'epoch') WHERE key = 'former'"
        )
        connection.execute("UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'epoch'")
        if (current.parent / subscribers.FILE).exists() and version < store.WITHOUT_ADDRESSES:
            connection.execute("DELETE FROM subscription")  # some of them may have left since
    store.migrate(new)
    with closing(store.open_file(new)) as connection:
        _carry_outbox_over(current, connection, epoch)
        for entry in _forgotten_since(current):
            connection.execute("PRAGMA secure_delete = ON")
            with store.transaction(connection):
                forgotten.forget(connection, [entry.id], entry.reason, entry.at)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return settings


def _restore_addresses(folder: Path, file: Path) -> None:
    """Put the readers' addresses back where there are none: who has left since the backup must not come back."""
    if file.exists() and not (folder / subscribers.FILE).exists():
        files.replace(folder / subscribers.FILE, file.read_bytes(), mode=0o600)


def _carry_outbox_over(current: Path, restored: sqlite3.Connection, epoch: str) -> None:
    """Keep what alerts and readers have done since the backup, if the replaced catalogue is a later state of it."""
    if not current.exists():
        return
    with suppress(sqlite3.Error), closing(_reading(current)) as connection:
        rows = connection.execute("SELECT value FROM meta WHERE key IN ('epoch', 'former')").fetchall()
        if epoch in " ".join(value for (value,) in rows).split():
            outbox.carry_over(connection, restored)


def _forgotten_since(current: Path) -> list[forgotten.Forgotten]:
    """The papers that the replaced catalogue keeps away; [] where it does not exist or cannot be read."""
    if not current.exists():
        return []
    with suppress(sqlite3.Error), closing(_reading(current)) as connection:
        return forgotten.listed(connection)
    return []


def _keep_beside(current: Path, former_file: Path) -> Path | None:
    if not current.exists() or current.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(current, timeout=1)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        busy = 0  # it is damaged: that is why somebody restores
    if busy:
        raise Busy("Something has the catalogue open: stop the page, and restore then.")
    # A log that is left over would be taken for the log of the new catalogue.
    for log_path in (f"{current}-wal", f"{current}-shm"):
        Path(log_path).unlink(missing_ok=True)
    os.link(current, former_file)
    return former_file


def _error_text(error: OSError | sqlite3.Error) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
