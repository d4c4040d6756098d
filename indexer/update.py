"""The change feed → documents → engine. The only writer of an index.

One process at a time, under a lock; who finds it taken leaves, because whoever holds it drains the feed until
it is empty and looks once more after letting go.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.documents import Deletion, from_change
from indexer.engine import IndexOutdated, IndexState, SearchEngine, Writer
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.store import exclusive

LOCK = "index.lock"
SEEN = "index-seen.json"
BATCH = 1000
# A commit costs up to a second: seldom while there is much to do, always when there is nothing left.
SECONDS_BETWEEN_COMMITS = 10.0

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Updated:
    """What an update came to."""

    papers: int = 0
    deleted: int = 0
    rebuilt: bool = False
    left_to_another: bool = False  # another process is at it


def update(
    catalogue: Catalogue,
    engine: SearchEngine,
    *,
    rebuild: bool = False,
    progress: Progress = lambda done, total: None,
    clock: Callable[[], float] = time.monotonic,
) -> Updated:
    """Bring the index up to the catalogue, from nothing where there is none, or where it is foreign or outdated.

    With `rebuild` a new generation is made while the present one is searched. `progress` gets how many papers
    are done and how many there are to do.
    """
    updated = Updated()
    while True:  # ends when there is nothing new after the lock is let go
        with exclusive(catalogue.folder / LOCK) as locked:
            if not locked:
                updated.left_to_another = updated.papers == 0
                return updated
            with _writer(catalogue, engine, rebuild, updated) as writer:
                _drain(catalogue, writer, updated, progress, clock)
                writer.publish()
        rebuild = False
        state = engine.state()
        _note(catalogue.folder, engine, state)
        if state is None or catalogue.pending(state.cursor) == 0:
            return updated


def _note(folder: Path, engine: SearchEngine, state: IndexState | None) -> None:
    """Keep how far the index was, for when its server cannot be asked."""
    seen = {"engine": type(engine).__name__, "epoch": state.epoch, "cursor": state.cursor} if state else {}
    with contextlib.suppress(OSError):
        (folder / SEEN).write_bytes(orjson.dumps(seen))


@dataclass(frozen=True, slots=True)
class Standing:
    """How an index stands to a catalogue. `behind` is as of the last update where `error` says why it is not known."""

    state: IndexState | None
    behind: int
    error: str | None = None


def standing(catalogue: Catalogue, engine: SearchEngine) -> Standing:
    """Ask the index how far it is. An engine that cannot be asked is no error here."""
    try:
        state = engine.state()
    except PaperglotError as error:
        try:
            seen = orjson.loads((catalogue.folder / SEEN).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            seen = {}
        known = (seen.get("engine"), seen.get("epoch")) == (type(engine).__name__, catalogue.epoch)
        cursor = seen["cursor"] if known else 0
        return Standing(None, catalogue.pending(cursor), str(error))
    cursor = state.cursor if state and state.epoch == catalogue.epoch else 0
    return Standing(state, catalogue.pending(cursor))


def _writer(catalogue: Catalogue, engine: SearchEngine, rebuild: bool, updated: Updated) -> Writer:
    state = engine.state()
    if not rebuild and state and state.epoch == catalogue.epoch and state.cursor <= catalogue.seq:
        try:
            return engine.writer()
        except IndexOutdated:
            pass
    updated.rebuilt = True
    return engine.rebuild(catalogue.epoch)


def _drain(
    catalogue: Catalogue, writer: Writer, updated: Updated, progress: Progress, clock: Callable[[], float]
) -> None:
    cursor = writer.state.cursor
    total = catalogue.pending(cursor)
    done = uncommitted = 0
    committed_at = clock()
    while changes := catalogue.changes(cursor, BATCH):
        deleted = [Deletion(change.id, change.seq) for change in changes if change.paper is None]
        writer.write([from_change(change) for change in changes if change.paper], deleted)
        cursor = changes[-1].seq
        done += len(changes)
        uncommitted += len(changes)
        updated.deleted += len(deleted)
        updated.papers += len(changes) - len(deleted)
        progress(done, max(done, total))
        if clock() - committed_at >= SECONDS_BETWEEN_COMMITS:
            writer.commit(cursor)
            committed_at, uncommitted = clock(), 0
    if uncommitted or writer.state.cursor != cursor or cursor == 0:
        writer.commit(cursor)


def main() -> None:
    """The index worker: brings the index of the data folder argv[1] up to its catalogue, and ends."""
    from indexer.engines import open_engine

    folder = Path(sys.argv[1])
    os.nice(10)
    try:
        with Catalogue(folder) as catalogue:
            update(catalogue, open_engine(folder))
    except PaperglotError as error:
        sys.exit(f"paperglot: {error}")


if __name__ == "__main__":
    main()
