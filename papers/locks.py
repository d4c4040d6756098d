"""Locks of the kernel on files of the data folder: one process at a time, and never one that is gone.

A lock lasts as long as any process has the file open that it was taken on: the one that took it, and those that it was
handed to.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from papers.errors import PaperglotError

# In the data folder: whoever holds it carries out a run.
RUN = "crawl.lock"
_TRIES, _SECONDS_BETWEEN_TRIES = 20, 0.005


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
        if not _take_soon(descriptor):
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
    return is_held(path)


def is_held(path: Path) -> bool:
    """Whether a process has the lock. Looking makes no file, and needs no right to write."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False  # nobody has ever taken it
    try:
        return not _take(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


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


def _take_soon(descriptor: int) -> bool:
    """Take the lock, also where somebody is just looking whether it is held: that is over in microseconds."""
    for _ in range(_TRIES):
        if _take(descriptor):
            return True
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return False


def _take(descriptor: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
