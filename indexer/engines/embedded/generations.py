"""Generations of an index as folders: `index/<generation>/`, and the file `index/current` that names one.

The pointer is swapped by an atomic rename; beside each index lies `state.json`, replaced the same way after
every commit. Readers look at both and reopen.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

import orjson

from indexer.analysis import stamp as analysis_stamp
from indexer.engine import IndexState, IndexWriteFailed

# Increased by hand whenever the schema or what is put into its fields changes.
SCHEMA = 3
POINTER = "current"
STATE = "state.json"


def stamp() -> str:
    """Which rules an index of this program is made by."""
    return f"embedded-{SCHEMA}-{analysis_stamp()}"


def current(root: Path) -> str | None:
    """The name of the generation that is searched."""
    try:
        name = (root / POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    return name if name and (root / name / STATE).exists() else None


def begin(root: Path, epoch: str) -> IndexState:
    """A new, empty generation, after removing those that were begun and never published."""
    remove_others(root, current(root))
    state = IndexState(generation=secrets.token_hex(6), epoch=epoch, stamp=stamp(), cursor=0, documents=0)
    try:
        (root / state.generation).mkdir(parents=True)
    except OSError as error:
        raise IndexWriteFailed(f"The index folder {root} cannot be written: {error.strerror}.") from error
    write_state(root, state)
    return state


def publish(root: Path, generation: str) -> None:
    """Make `generation` the one that is searched, and remove the others."""
    _replace(root / POINTER, generation.encode())
    remove_others(root, generation)


def remove_others(root: Path, kept: str | None) -> None:
    """Remove every generation but one. A reader that still has one open goes on reading it."""
    if root.exists():
        for folder in root.iterdir():
            if folder.is_dir() and folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)


def read_state(root: Path, generation: str) -> IndexState | None:
    try:
        return IndexState(**orjson.loads((root / generation / STATE).read_bytes()))
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
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
