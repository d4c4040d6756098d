"""The change feed → documents → engine. The only writer of an index.

One process at a time, under a lock; who finds it taken leaves, because whoever holds it drains the feed until
it is empty and looks once more after letting go.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import from_change
from indexer.engine import IndexOutdated, SearchEngine, Writer
from papers.catalogue import Catalogue
from papers.store import exclusive

LOCK = "index.lock"
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
    while True:
        with exclusive(catalogue.folder / LOCK) as locked:
            if not locked:
                updated.left_to_another = updated.papers == 0
                return updated
            with _writer(catalogue, engine, rebuild, updated) as writer:
                _drain(catalogue, writer, updated, progress, clock)
                writer.publish()
        rebuild = False
        state = engine.state()
        if state is None or catalogue.pending(state.cursor) == 0:
            return updated


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
        deleted = [change.id for change in changes if change.paper is None]
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
    from papers.errors import PaperglotError

    folder = Path(sys.argv[1])
    os.nice(10)
    try:
        with Catalogue(folder) as catalogue:
            update(catalogue, open_engine(folder))
    except PaperglotError as error:
        sys.exit(f"paperglot: {error}")


if __name__ == "__main__":
    main()
