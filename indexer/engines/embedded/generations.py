"""Generations of an index as folders: `index/<generation>/`, and the file `index/current` that names one.

The pointer is swapped by an atomic rename; beside each index lies `state.json`, replaced the same way after
every commit. Readers look at both and reopen. Where a search found the files of a generation damaged, it leaves a note
there, so that the next update makes the index anew.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import orjson

from indexer.analysis import stamp as analysis_stamp
from indexer.engine import IndexState, IndexWriteFailed

# Increased by hand whenever the schema or what is put into its fields changes.
SCHEMA = 5
POINTER = "current"
STATE = "state.json"
DAMAGED = "damaged"
_NAME = re.compile(r"[0-9a-f]{12}")
_LOOKS = 3


# The stamp of the version before, whose indices are searched until they are made anew.
FORMER_STAMP = "embedded-4-75951214c418"


def is_searchable(other: str) -> bool:
    """Whether this program can search an index of this stamp."""
    return other in (stamp(), FORMER_STAMP)


def stamp() -> str:
    """Which rules an index of this program is made by."""
    return f"embedded-{SCHEMA}-{analysis_stamp()}"


def current(root: Path) -> str | None:
    """The name of the generation that is searched; None where there is none, or where the pointer is damaged."""
    for _ in range(_LOOKS):
        name = _pointer(root)
        if name is None or (root / name / STATE).exists():
            return name
        # Another process may have published the next one, and removed this, since the pointer was read.
    return None


def _pointer(root: Path) -> str | None:
    try:
        name = (root / POINTER).read_bytes().decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if _NAME.fullmatch(name) else None


def others(root: Path) -> list[IndexState]:
    """The generations that are not searched."""
    names = [folder.name for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []
    states = [read_state(root, name) for name in sorted(names) if name != current(root)]
    return [state for state in states if state is not None]


def begin(root: Path, epoch: str) -> IndexState:
    """A new, empty generation, after removing every other but the one that is searched."""
    remove_others(root, {current(root)})
    state = IndexState(generation=secrets.token_hex(6), epoch=epoch, stamp=stamp(), cursor=0, documents=0)
    try:
        (root / state.generation).mkdir(parents=True)
    except OSError as error:
        raise IndexWriteFailed(f"The index folder {root} cannot be written: {error.strerror}.") from error
    write_state(root, state)
    return state


def publish(root: Path, generation: str) -> None:
    """Make `generation` the one that is searched, and remove the others but the one before it: a reader may have read
    the pointer and not yet opened that one."""
    before = current(root)
    if (root / POINTER).is_dir():
        shutil.rmtree(root / POINTER)
    _replace(root / POINTER, generation.encode())
    remove_others(root, {generation, before})


def remove_replaced(root: Path, generation: str) -> None:
    """Remove every generation but this one and those that were begun and can be carried on."""
    unfinished = {state.generation for state in others(root) if not state.published and state.stamp == stamp()}
    remove_others(root, {generation, *unfinished})


def remove_others(root: Path, kept: Collection[str | None]) -> None:
    """Remove every generation but these. A reader that still has one open goes on reading it."""
    if root.is_dir():
        for folder in root.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def share(root: Path, generation: str) -> None:
    """Give the files that tantivy makes for their owner alone the rights of the others, so that a page may be served by
    another user than the one who crawls."""
    folder = root / generation
    with suppress(OSError):
        mode = (folder / STATE).stat().st_mode
        for name in ("meta.json", ".managed.json"):
            (folder / name).chmod(mode & 0o666)


def note_damage(root: Path, generation: str, reason: str) -> None:
    """Let the next update make the index anew; nothing happens where the folder cannot be written."""
    with suppress(OSError):
        (root / generation / DAMAGED).write_text(reason, "utf-8")


def damage(root: Path, generation: str) -> str | None:
    """Why a search could not read this generation; None where none has failed."""
    try:
        return (root / generation / DAMAGED).read_text("utf-8", errors="replace")
    except OSError:
        return None


def read_state(root: Path, generation: str) -> IndexState | None:
    try:
        return IndexState(**orjson.loads((root / generation / STATE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None


def write_state(root: Path, state: IndexState) -> None:
    _replace(root / state.generation / STATE, orjson.dumps(state))


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is found whole, old or new, whatever happens meanwhile."""
    beside = path.with_suffix(".new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise IndexWriteFailed(f"{path} cannot be written: {error.strerror}.") from error
