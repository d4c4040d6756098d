"""Budget files: what all processes and all users of a machine know of a site's pace.

They lie in a folder that everybody can write, and nobody there is trusted. The folder must be root's or one's own and
sticky, so that others can neither remove nor replace what is in it; a file is opened without following links, must be
a regular one with a single name, and its rights are never changed once it is there. A file is made aside and linked
into place, so that it is never seen half made, and opened without O_CREAT, which a kernel with fs.protected_regular
refuses to the second user of a sticky folder.
"""

from __future__ import annotations

import fcntl
import json
import logging
import math
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from papers.errors import UsageError

logger = logging.getLogger(__name__)

_RECORD = 160  # bytes; a record is always written whole
_MOST_FAILURES = 1000


class UnsafeFolder(UsageError):
    """Raised by `shared_folder`: somebody else could change files through the pace folder."""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What a budget file holds. Moments are in seconds since 1970."""

    next: float = 0.0  # from when the next request may be sent
    failures: int = 0  # refusals since the last answer
    stopped: float = 0.0  # until when nothing is sent


def shared_folder(named: Path | None) -> Path:
    """The pace folder, made where it is missing: the one named, else one that all users of this machine share.

    Where another user made the usual one, a folder of one's own takes its place, with a warning. Raises UnsafeFolder
    where the folder that is named cannot be trusted.
    """
    if named is not None:
        if reason := _make(named):
            raise UnsafeFolder(f"The pace folder {named} {reason}: name another with 'pace_folder' under [crawl].")
        return named
    shared = Path(tempfile.gettempdir()) / "paperglot-pace"
    reason = _make(shared)
    if not reason:
        return shared
    own = shared.with_name(f"{shared.name}-{os.getuid()}")
    _warn_once(
        "The pace folder %s %s: %s is used instead, and the pace is not shared with other users. To share it, let root "
        "make the first one.",
        shared,
        reason,
        own,
    )
    if reason := _make(own):
        raise UnsafeFolder(f"The pace folder {own} {reason}: name another with 'pace_folder' under [crawl].")
    return own


@cache
def _warn_once(sentence: str, *values: object) -> None:
    logger.warning(sentence, *values)


def _make(folder: Path) -> str | None:
    """Make the folder where it is missing; why it cannot be used, None where it can."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o1777)  # another user's crawl keeps the same pace
        found = folder.lstat()
    except OSError as error:
        return f"cannot be made ({error.strerror})"
    if not stat.S_ISDIR(found.st_mode):
        return "is not a folder"
    if found.st_uid not in (0, os.getuid()):
        return "belongs to another user"
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if others_write and not found.st_mode & stat.S_ISVTX:
        return "lets others replace its files (it is not sticky)"
    return None


def open_shared(folder: Path, name: str) -> int:
    """A descriptor of a file in the pace folder for reading and writing, made where it is missing.

    Raises OSError where it is a link, not a regular file, or cannot be opened.
    """
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        with suppress(FileNotFoundError):
            return _checked(os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory))
        aside = f".{name}.{secrets.token_hex(6)}"
        made = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=directory)
        try:
            os.fchmod(made, 0o666)
            with suppress(FileExistsError):
                os.link(aside, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
        finally:
            os.close(made)
            os.unlink(aside, dir_fd=directory)
        return _checked(os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory))
    finally:
        os.close(directory)


def _checked(file: int) -> int:
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(file)
        raise OSError("it is not a regular file of its own")
    return file


def try_lock(file: int) -> bool:
    """Lock the file for this process; False where another one has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_state(file: int, *, torn: float) -> BudgetState:
    """What the file says. One that was torn by a crash says that the next request may be sent `torn` seconds after it
    was last written."""
    content = os.pread(file, 4096, 0)
    if not content.strip():
        return BudgetState()
    try:
        values = json.loads(content)
        state = BudgetState(float(values["next"]), int(values["failures"]), float(values["stopped"]))
    except (ValueError, KeyError, TypeError, OverflowError):
        return BudgetState(next=os.fstat(file).st_mtime + torn)
    finite = math.isfinite(state.next) and math.isfinite(state.stopped) and 0 <= state.failures <= _MOST_FAILURES
    return state if finite else BudgetState()


def write_state(file: int, state: BudgetState) -> None:
    content = json.dumps({"next": state.next, "failures": state.failures, "stopped": state.stopped}).encode()
    os.pwrite(file, content.ljust(_RECORD), 0)


def write_shared(folder: Path, name: str, content: bytes) -> None:
    """Write a small file into the pace folder for all users: aside and renamed where it is new or one's own, else in
    place. A file that cannot be written is no error: it is fetched again."""
    with suppress(OSError):
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            aside = f".{name}.{secrets.token_hex(6)}"
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=directory)
            try:
                os.fchmod(file, 0o666)
                os.write(file, content)
            finally:
                os.close(file)
            try:
                os.rename(aside, name, src_dir_fd=directory, dst_dir_fd=directory)
                return
            except PermissionError:
                os.unlink(aside, dir_fd=directory)
        finally:
            os.close(directory)
        file = open_shared(folder, name)
        try:
            os.pwrite(file, content, 0)
            os.truncate(file, len(content))
        finally:
            os.close(file)


def read_shared(folder: Path, name: str, most: int) -> bytes | None:
    """What a small file in the pace folder holds; None where it is not there, or not a regular file."""
    try:
        file = _checked(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except OSError:
        return None
    try:
        return os.read(file, most)
    finally:
        os.close(file)
