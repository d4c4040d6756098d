"""Budget files: the state of each site's rate limit, shared by all processes and all users of a machine.

They lie in a folder to which every user can write, so nothing in it is trusted:

- The folder must belong to root or to this user, and be sticky. Others can then neither remove nor replace its files.
- A file is opened without following links. It must be a regular file with a single name. Its permissions are never
  changed once it is in place.
- A new file is written under a temporary name and linked into place, so that nobody sees it half written.
- An existing file is opened without O_CREAT: a kernel with fs.protected_regular refuses that flag to the second user
  of a sticky folder.
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

_RECORD_BYTES = 160  # bytes; a record is always written whole
_MOST_FAILURES = 1000


class UnsafeFolder(UsageError):
    """Raised by `shared_folder`: another user could change this user's files through the pace folder."""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What a budget file holds. Moments are in seconds since 1970."""

    next: float = 0.0  # the next request may be sent from this moment on
    failures: int = 0  # refusals since the last answer
    stopped: float = 0.0  # nothing is sent before this moment


def shared_folder(configured: Path | None) -> Path:
    """The pace folder that the settings name, or else one that all users of this machine share. It is made if missing.

    If the shared folder cannot be trusted, for example because another user made it, a folder of this user is returned
    instead, with a warning. Raises UnsafeFolder when the folder in the settings, or this user's own, cannot be trusted.
    """
    if configured is not None:
        if reason := _ensure_folder(configured):
            raise UnsafeFolder(f"The pace folder {configured} {reason}: name another with 'pace_folder' under [crawl].")
        return configured
    shared = Path(tempfile.gettempdir()) / "paperglot-pace"
    reason = _ensure_folder(shared)
    if not reason:
        return shared
    user_folder = shared.with_name(f"{shared.name}-{os.getuid()}")
    _warn_once(
        "The pace folder %s %s: %s is used instead, and the pace is not shared with other users. To share it, let root "
        "make the first one.",
        shared,
        reason,
        user_folder,
    )
    if reason := _ensure_folder(user_folder):
        raise UnsafeFolder(f"The pace folder {user_folder} {reason}: name another with 'pace_folder' under [crawl].")
    return user_folder


@cache
def _warn_once(sentence: str, *values: object) -> None:
    logger.warning(sentence, *values)


def _ensure_folder(folder: Path) -> str | None:
    """Make the folder if it is missing. Returns why it cannot be used, as the end of a sentence; None if it can."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o1777)  # other users' crawls share the rate limit
        status = folder.lstat()
    except OSError as error:
        return f"cannot be made ({error.strerror})"
    if not stat.S_ISDIR(status.st_mode):
        return "is not a folder"
    if status.st_uid not in (0, os.getuid()):
        return "belongs to another user"
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if others_write and not status.st_mode & stat.S_ISVTX:
        return "lets others replace its files (it is not sticky)"
    return None


def open_shared(folder: Path, name: str) -> int:
    """Open a file in the pace folder for reading and writing, and make it if it is missing. Returns its descriptor.

    Raises OSError if the file is a link, is not a regular file, or cannot be opened. The caller closes the descriptor.
    """
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        with suppress(FileNotFoundError):
            return _checked(os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory))
        temp_name = f".{name}.{secrets.token_hex(6)}"
        new_file = os.open(temp_name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=directory)
        try:
            os.fchmod(new_file, 0o666)
            with suppress(FileExistsError):
                os.link(temp_name, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
        finally:
            os.close(new_file)
            os.unlink(temp_name, dir_fd=directory)
        return _checked(os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory))
    finally:
        os.close(directory)


def _checked(file: int) -> int:
    """The same descriptor. If it is not of a regular file with a single name, it is closed and OSError raised."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(file)
        raise OSError("it is not a regular file of its own")
    return file


def try_lock(file: int) -> bool:
    """Lock the file without waiting. Returns False if another process holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_state(file: int, *, torn: float) -> BudgetState:
    """The state that a budget file holds; the default state for an empty file or for impossible values.

    A crash can leave a file that cannot be read. Then the next request may be sent `torn` seconds after the file was
    last written.
    """
    content = os.pread(file, 4096, 0)
    if not content.strip():
        return BudgetState()
    try:
        values = json.loads(content)
        state = BudgetState(float(values["next"]), int(values["failures"]), float(values["stopped"]))
    except (ValueError, KeyError, TypeError, OverflowError):
        return BudgetState(next=os.fstat(file).st_mtime + torn)
    is_plausible = math.isfinite(state.next) and math.isfinite(state.stopped) and 0 <= state.failures <= _MOST_FAILURES
    return state if is_plausible else BudgetState()


def write_state(file: int, state: BudgetState) -> None:
    """Write the state over the old one, always with the same number of bytes. `file` is an open descriptor."""
    content = json.dumps({"next": state.next, "failures": state.failures, "stopped": state.stopped}).encode()
    os.pwrite(file, content.ljust(_RECORD_BYTES), 0)


def write_shared(folder: Path, name: str, content: bytes) -> None:
    """Write a small file into the pace folder, for all users.

    A file that is new or belongs to this user is written under a temporary name and renamed. Another user's file is
    written in place. A failure to write is ignored: the content is then fetched again.
    """
    with suppress(OSError):
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            temp_name = f".{name}.{secrets.token_hex(6)}"
            file = os.open(temp_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=directory)
            try:
                os.fchmod(file, 0o666)
                os.write(file, content)
            finally:
                os.close(file)
            try:
                os.rename(temp_name, name, src_dir_fd=directory, dst_dir_fd=directory)
                return
            except PermissionError:
                os.unlink(temp_name, dir_fd=directory)
        finally:
            os.close(directory)
        file = open_shared(folder, name)
        try:
            os.pwrite(file, content, 0)
            os.truncate(file, len(content))
        finally:
            os.close(file)


def read_shared(folder: Path, name: str, max_bytes: int) -> bytes | None:
    """The content of a small file in the pace folder; None if it is missing, unreadable or not a regular file."""
    try:
        file = _checked(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except OSError:
        return None
    try:
        return os.read(file, max_bytes)
    finally:
        os.close(file)
