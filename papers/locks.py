"""Locks of the kernel on files of the data folder: one process at a time, and never one that is gone.

A lock lasts as long as any process has the file open that it was taken on: the one that took it, and those that it was
handed to.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from papers.errors import PaperglotError

# In the data folder: whoever holds it carries out a run.
RUN = "crawl.lock"


class LockUnusable(PaperglotError):
    """Raised by `exclusive` and `held`: the file cannot be made."""

    status = 503


class Holder(NamedTuple):
    """Who has a lock: which process, what it does with it, and since when."""

    process: int
    what: str
    since: datetime


@contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Hold the lock file `path` for the block; False at once where another process holds it."""
    with _open(path) as descriptor:
        yield _take(descriptor)


@contextmanager
def held(path: Path, what: str, since: datetime) -> Iterator[int | None]:
    """Hold the lock file `path` for the block, with a note of who has it; None at once where another process has it.

    The value is its descriptor: a process that it is handed to holds the lock, too.
    """
    with _open(path) as descriptor:
        if not _take(descriptor):
            yield None
            return
        note = json.dumps({"process": os.getpid(), "what": what, "since": since.isoformat()})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        yield descriptor


def holder(path: Path) -> Holder | None:
    """Who took the lock last; None where nobody said so."""
    try:
        note = json.loads(path.read_bytes())
        return Holder(int(note["process"]), str(note["what"]), datetime.fromisoformat(note["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_parents(path: Path) -> bool:
    """Whether the lock is held, and was taken by the process that started this one."""
    last = holder(path)
    if last is None or last.process != os.getppid():
        return False
    with suppress(PaperglotError), exclusive(path) as free:
        return not free
    return False


@contextmanager
def _open(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise LockUnusable(f"The data folder {path.parent} cannot be written: {error.strerror}.") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
