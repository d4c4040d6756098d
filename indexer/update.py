"""The change feed → documents → engine. The only writer of an index.

One process updates at a time, under a lock. A process that finds the lock taken stops, because the one that holds it
works until the change feed is empty, and checks once more after releasing the lock.

An index that is damaged, outdated, or made from a later state of the catalogue is made anew, and
`UpdateResult.reason` says why. Papers that the catalogue does not have are never given up without being asked for:
those of another catalogue need `take_over`, and any index needs `force` if the catalogue is empty.
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
from papers import files
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.locks import exclusive
from papers.store import INDEX_NOTE

LOCK = "index.lock"
BATCH = 1000
# A commit takes up to a second. It is done seldom while there is much to do, and always when nothing is left.
SECONDS_BETWEEN_COMMITS = 10.0

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class UpdateResult:
    """What an update did."""

    papers: int = 0
    deleted: int = 0
    rebuilt: bool = False
    carried_on: int = 0  # how many papers an index already had that an earlier run had begun
    reason: str | None = None  # a sentence: why the index was made anew, if nobody asked for it
    left_to_another: bool = False  # another process is updating the index


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
    progress: Progress = lambda processed, total: None,
    clock: Callable[[], float] = time.monotonic,
) -> UpdateResult:
    """Bring the index up to date with the catalogue. If it cannot be added to, it is made anew.

    `languages` are those that papers are to be translated into. With `rebuild` a new generation is made while the
    present one is searched. Raises PapersAtRisk where that would give up papers of another catalogue, unless
    `take_over` is given, or papers that a lost catalogue had, unless `force` is. `progress` gets how many papers are
    done and how many there are to do.
    """
    result = UpdateResult()
    while True:  # ends when there is nothing new after the lock is released
        with exclusive(catalogue.folder / LOCK) as locked:
            if not locked:
                result.left_to_another = result.papers == 0
                return result
            allowed = _Allowed(take_over=take_over or force, force=force)
            with _writer(catalogue, engine, result, allowed, rebuild=rebuild) as writer:
                _drain(catalogue, writer, result, languages, progress, clock)
                writer.publish()
        rebuild = False
        state = engine.state()
        _note(catalogue.folder, engine, state)
        if state is None or catalogue.pending(state.cursor) == 0:
            return result


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What may be given up."""

    take_over: bool  # an index of another catalogue
    force: bool  # an index where the catalogue is empty


def _note(folder: Path, engine: SearchEngine, state: IndexState | None) -> None:
    """Store how far the index is, for a time when its server cannot be asked."""
    note = {"engine": type(engine).__name__, "epoch": state.epoch, "cursor": state.cursor} if state else {}
    with contextlib.suppress(OSError):
        files.replace(folder / INDEX_NOTE, orjson.dumps(note))


def _writer(
    catalogue: Catalogue, engine: SearchEngine, result: UpdateResult, allowed: _Allowed, *, rebuild: bool
) -> Writer:
    state = engine.state()
    relation_kind = relation(catalogue, state)
    if relation_kind is Relation.SAME and not rebuild:
        try:
            return engine.writer()
        except IndexOutdated:
            result.reason = "The index was made by another version of Paperglot, so it is made anew."
        except IndexDamaged as error:
            result.reason = f"{error.what}, so it is made anew."
    if state is not None:
        _check_risk(catalogue, state, relation_kind, allowed)
    if relation_kind is Relation.LATER:
        result.reason = "The catalogue is an earlier copy of the one that the index was made from, so it is made anew."
    result.rebuilt = True
    if unfinished := to_carry_on(catalogue, engine, engine.others()):
        with contextlib.suppress(IndexWriteFailed):  # it is not complete enough to carry on
            writer = engine.rebuild(catalogue.epoch, carried_on=unfinished)
            result.carried_on = unfinished.documents
            return writer
    return engine.rebuild(catalogue.epoch, take_over=allowed.take_over)


def _check_risk(catalogue: Catalogue, state: IndexState, relation_kind: Relation, allowed: _Allowed) -> None:
    if relation_kind is Relation.FOREIGN and state.documents and not allowed.take_over:
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
    result: UpdateResult,
    languages: Sequence[str],
    progress: Progress,
    clock: Callable[[], float],
) -> None:
    cursor = writer.state.cursor
    total = catalogue.pending(cursor)
    processed = uncommitted = 0
    committed_at = clock()
    while changes := catalogue.changes(cursor, BATCH):
        deletions = [Deletion(change.id, change.seq) for change in changes if change.paper is None]
        writer.write([from_change(change, languages) for change in changes if change.paper], deletions)
        cursor = changes[-1].seq
        processed += len(changes)
        uncommitted += len(changes)
        result.deleted += len(deletions)
        result.papers += len(changes) - len(deletions)
        progress(processed, max(processed, total))
        if clock() - committed_at >= SECONDS_BETWEEN_COMMITS:
            writer.commit(cursor, catalogue.mark(cursor))
            committed_at, uncommitted = clock(), 0
    if uncommitted or writer.state.cursor != cursor or cursor == 0:
        writer.commit(cursor, catalogue.mark(cursor))
