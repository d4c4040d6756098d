"""Generations of an index as folders: `index/<generation>/`, and the file `index/current` that names one.

The pointer is swapped by an atomic rename. Each folder also holds `state.json`, which is replaced the same way after
every commit. Readers check the pointer and tantivy's `meta.json`, and reopen the index when one of them has changed.
A search that finds the files of a generation damaged leaves a note there, so that the next update rebuilds the index.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import orjson

from indexer.analysis import stamp as analysis_stamp
from indexer.engine import IndexState, IndexWriteFailed
from papers import files

# Increased by hand whenever the schema or what is put into its fields changes.
SCHEMA = 7
POINTER = "current"
STATE = "state.json"
DAMAGED = "damaged"
_NAME = re.compile(r"[0-9a-f]{12}")
_POINTER_READS = 3


# The stamp of the version before. Its indices can be searched until they are rebuilt.
FORMER_STAMP = "embedded-5-75951214c418"


def is_searchable(index_stamp: str) -> bool:
    """Whether this program can search an index of this stamp."""
    return index_stamp in (stamp(), FORMER_STAMP)


def stamp() -> str:
    """Names the rules by which this program builds an index."""
    return f"embedded-{SCHEMA}-{analysis_stamp()}"


def current(root: Path) -> str | None:
    """The name of the generation that is searched; None where there is none, or where the pointer is damaged."""
    for _ in range(_POINTER_READS):
        name = _pointer(root)
        if name is None or (root / name / STATE).exists():
            return name
        # Since the pointer was read, another process may have published the next generation and removed this one.
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
    """Make a new, empty generation; returns its state. Every other one is removed first, but not the searched one.

    Raises IndexWriteFailed.
    """
    remove_others(root, {current(root)})
    state = IndexState(generation=secrets.token_hex(6), epoch=epoch, stamp=stamp(), cursor=0, documents=0)
    try:
        (root / state.generation).mkdir(parents=True)
    except OSError as error:
        raise IndexWriteFailed(f"The index folder {root} cannot be written: {error.strerror}.") from error
    write_state(root, state)
    return state


def publish(root: Path, generation: str) -> None:
    """Make `generation` the one that is searched, and remove the others.

    The one that was searched before is kept: a reader may have read the pointer and not yet opened that one.
    """
    former = current(root)
    if (root / POINTER).is_dir():
        shutil.rmtree(root / POINTER)
    _replace(root / POINTER, generation.encode())
    remove_others(root, {generation, former})


def remove_replaced(root: Path, generation: str) -> None:
    """Remove every generation, except this one and those that were begun and can be carried on."""
    unfinished = {state.generation for state in others(root) if not state.published and state.stamp == stamp()}
    remove_others(root, {generation, *unfinished})


def remove_others(root: Path, names_to_keep: Collection[str | None]) -> None:
    """Remove every generation but these. A reader that still has one open goes on reading it."""
    if root.is_dir():
        for folder in root.iterdir():
            if folder.is_dir() and folder.name not in names_to_keep:
                shutil.rmtree(folder, ignore_errors=True)


def share(root: Path, generation: str) -> None:
    """tantivy makes some files that only their owner can read. Give them the permissions of `state.json`, so that
    another user than the one who crawls can serve the page."""
    folder = root / generation
    with suppress(OSError):
        mode = (folder / STATE).stat().st_mode
        for name in ("meta.json", ".managed.json"):
            (folder / name).chmod(mode & 0o666)


def note_damage(root: Path, generation: str, reason: str) -> None:
    """Leave a note that makes the next update rebuild the index. Does nothing if the folder cannot be written."""
    with suppress(OSError):
        (root / generation / DAMAGED).write_text(reason, "utf-8")


def damage(root: Path, generation: str) -> str | None:
    """Why a search could not read this generation; None if no search of it has failed."""
    try:
        return (root / generation / DAMAGED).read_text("utf-8", errors="replace")
    except OSError:
        return None


def read_state(root: Path, generation: str) -> IndexState | None:
    """The state of a generation; None if its `state.json` is missing or damaged."""
    try:
        return IndexState(**orjson.loads((root / generation / STATE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None


def write_state(root: Path, state: IndexState) -> None:
    """Store the state in the folder of its generation, in one atomic step. Raises IndexWriteFailed."""
    _replace(root / state.generation / STATE, orjson.dumps(state))


def _replace(path: Path, content: bytes) -> None:
    try:
        files.replace(path, content)
    except OSError as error:
        raise IndexWriteFailed(f"{path} cannot be written: {error.strerror}.") from error
