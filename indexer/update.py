"""The change feed → documents → engine. The only writer of an index.

One process at a time, under a lock; who finds it taken leaves, because whoever holds it drains the feed until
it is empty and looks once more after letting go.

An index can be thrown away: one that is damaged, outdated, or made from a later state of the catalogue than it has now
is made anew, which is said. What is never given up without `force` are papers that the catalogue does not have: an
index of another catalogue, or any index where the catalogue is empty.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.documents import Deletion, from_change
from indexer.engine import (
    IndexDamaged,
    IndexOutdated,
    IndexState,
    IndexWriteFailed,
    SearchEngine,
    Writer,
)
from indexer.lag import Relation, relation, to_carry_on
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.locks import exclusive
from papers.store import INDEX_NOTE

LOCK = "index.lock"
BATCH = 1000
# A commit costs up to a second: seldom while there is much to do, always when there is nothing left.
SECONDS_BETWEEN_COMMITS = 10.0

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class UpdateResult:
    """What an update came to."""

    papers: int = 0
    deleted: int = 0
    rebuilt: bool = False
    carried_on: int = 0  # so many papers were in an index that an earlier run had begun
    reason: str | None = None  # a sentence: why the index was made anew, where nobody asked for it
    left_to_another: bool = False  # another process is at it


class PapersAtRisk(PaperglotError):
    """Raised by `update`: the index holds papers that the catalogue does not have, and would be replaced."""


def update(
    catalogue: Catalogue,
    engine: SearchEngine,
    *,
    languages: Sequence[str] = (),
    rebuild: bool = False,
    take_over: bool = False,
    force: bool = False,
    progress: Progress = lambda done, total: None,
    clock: Callable[[], float] = time.monotonic,
) -> UpdateResult:
    """Bring the index up to the catalogue, from nothing where it cannot be added to.

    `languages` are those that papers are to be translated into. With `rebuild` a new generation is made while the
    present one is searched. Raises PapersAtRisk where that would give up papers of another catalogue, unless
    `take_over` is given, or papers that a lost catalogue had, unless `force` is. `progress` gets how many papers are
    done and how many there are to do.
    """
    updated = UpdateResult()
    while True:  # ends when there is nothing new after the lock is let go
        with exclusive(catalogue.folder / LOCK) as locked:
            if not locked:
                updated.left_to_another = updated.papers == 0
                return updated
            allowed = _Allowed(take_over=take_over or force, force=force)
            with _writer(catalogue, engine, updated, allowed, rebuild=rebuild) as writer:
                _drain(catalogue, writer, updated, languages, progress, clock)
                writer.publish()
        rebuild = False
        state = engine.state()
        _note(catalogue.folder, engine, state)
        if state is None or catalogue.pending(state.cursor) == 0:
            return updated


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What may be given up."""

    take_over: bool  # an index of another catalogue
    force: bool  # an index where the catalogue is empty


def _note(folder: Path, engine: SearchEngine, state: IndexState | None) -> None:
    """Keep how far the index was, for when its server cannot be asked."""
    seen = {"engine": type(engine).__name__, "epoch": state.epoch, "cursor": state.cursor} if state else {}
    with contextlib.suppress(OSError):
        (folder / INDEX_NOTE).write_bytes(orjson.dumps(seen))


def _writer(
    catalogue: Catalogue, engine: SearchEngine, updated: UpdateResult, allowed: _Allowed, *, rebuild: bool
) -> Writer:
    state = engine.state()
    stands = relation(catalogue, state)
    if stands is Relation.SAME and not rebuild:
        try:
            return engine.writer()
        except IndexOutdated:
            updated.reason = "The index was made by another version of Paperglot, so it is made anew."
        except IndexDamaged as error:
            updated.reason = f"{error.what}, so it is made anew."
    if state is not None:
        _check_risk(catalogue, state, stands, allowed)
    if stands is Relation.LATER:
        updated.reason = "The catalogue is an earlier copy of the one that the index was made from, so it is made anew."
    updated.rebuilt = True
    if unfinished := to_carry_on(catalogue, engine, engine.others()):
        with contextlib.suppress(IndexWriteFailed):  # it was not left whole
            writer = engine.rebuild(catalogue.epoch, carried_on=unfinished)
            updated.carried_on = unfinished.documents
            return writer
    return engine.rebuild(catalogue.epoch, take_over=allowed.take_over)


def _check_risk(catalogue: Catalogue, state: IndexState, stands: Relation, allowed: _Allowed) -> None:
    if stands is Relation.FOREIGN and state.documents and not allowed.take_over:
        raise PapersAtRisk(
            f"The index holds {state.documents:,} papers of another catalogue{_written(state)}: set another 'prefix' "
            f"under [index] or another data folder for this one, which holds {catalogue.count():,}, or put a backup of "
            "that catalogue in its place. 'paperglot rebuild --take-over' makes the index from this one and gives up "
            "the other."
        )
    if state.documents and catalogue.is_empty and not allowed.force:
        raise PapersAtRisk(
            f"The index holds {state.documents:,} papers of an earlier state of the catalogue; the catalogue in "
            f"{catalogue.folder} holds {catalogue.count():,}. Put a backup of that catalogue in its place, or run "
            "'paperglot rebuild --force', which makes the index from this one and gives up those papers."
        )


def _written(state: IndexState) -> str:
    return f", written on {state.at[:10]}" if state.at else ""


def _drain(
    catalogue: Catalogue,
    writer: Writer,
    updated: UpdateResult,
    languages: Sequence[str],
    progress: Progress,
    clock: Callable[[], float],
) -> None:
    cursor = writer.state.cursor
    total = catalogue.pending(cursor)
    done = uncommitted = 0
    committed_at = clock()
    while changes := catalogue.changes(cursor, BATCH):
        deleted = [Deletion(change.id, change.seq) for change in changes if change.paper is None]
        writer.write([from_change(change, languages) for change in changes if change.paper], deleted)
        cursor = changes[-1].seq
        done += len(changes)
        uncommitted += len(changes)
        updated.deleted += len(deleted)
        updated.papers += len(changes) - len(deleted)
        progress(done, max(done, total))
        if clock() - committed_at >= SECONDS_BETWEEN_COMMITS:
            writer.commit(cursor, catalogue.mark(cursor))
            committed_at, uncommitted = clock(), 0
    if uncommitted or writer.state.cursor != cursor or cursor == 0:
        writer.commit(cursor, catalogue.mark(cursor))
