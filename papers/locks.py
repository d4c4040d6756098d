"""Locks on files in the data folder. One process has a lock at a time; the kernel releases it when the process ends.

A lock lasts as long as a process has its file open: the process that took it, or one that was given its descriptor.
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

# The name of the lock in the data folder that a process holds while it carries out a run.
RUN = "crawl.lock"
_SECONDS_BETWEEN_LOOKS = 0.2
_TRIES, _SECONDS_BETWEEN_TRIES = 20, 0.005


class LockUnusable(PaperglotError):
    """Raised by `exclusive` and `held`: the lock file cannot be opened or made."""

    status = 503


class Holder(NamedTuple):
    """Who has a lock: which process, what it does with it, and since when."""

    process: int
    what: str
    since: datetime


@contextmanager
def exclusive(path: Path, wait: float = 0.0) -> Iterator[bool]:
    """Hold the lock file `path` for the block; False where another process still holds it after `wait` seconds."""
    end = time.monotonic() + wait
    with _open(path) as descriptor:
        while not (taken := _take(descriptor)) and time.monotonic() < end:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        yield taken


@contextmanager
def held(path: Path, what: str, since: datetime) -> Iterator[int | None]:
    """Hold the lock file `path` for the block, with a note of who has it; None at once where another process has it.

    It yields the descriptor of the file: a process that is given the descriptor holds the lock, too.
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
    """Who took the lock last, as its file notes; None where it has no such note. The lock may be free again."""
    try:
        note = json.loads(path.read_bytes())
        return Holder(int(note["process"]), str(note["what"]), datetime.fromisoformat(note["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_parents(path: Path) -> bool:
    """Whether the lock is held, and was taken by the process that started this one."""
    last_holder = holder(path)
    if last_holder is None or last_holder.process != os.getppid():
        return False
    return is_held(path)


def is_held(path: Path) -> bool:
    """Whether a process has the lock. This makes no file, and needs no permission to write."""
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
    """Take the lock, with a few tries: `is_held` in another process may have it for some microseconds."""
    for _ in range(_TRIES):
        if _take(descriptor):
            return True
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return False


def _take(descriptor: int, mode: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
