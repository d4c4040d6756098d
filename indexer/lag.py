"""How an index relates to a catalogue: which one it was made from, how far behind it is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import orjson

from indexer.engine import IndexState, NoIndex, SearchEngine
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.store import INDEX_NOTE


class Relation(StrEnum):
    """How an index relates to a catalogue."""

    SAME = "same"  # made from it
    LATER = "later"  # made from a later or a diverged state of it: a backup was put back
    FOREIGN = "foreign"  # made from another catalogue
    NONE = "none"  # there is no index


def relation(catalogue: Catalogue, state: IndexState | None) -> Relation:
    """How the index with this state relates to the catalogue."""
    if state is None:
        return Relation.NONE
    if state.epoch != catalogue.epoch:
        return Relation.LATER if state.epoch in catalogue.former_epochs else Relation.FOREIGN
    has_diverged = state.mark and state.mark != catalogue.mark(state.cursor)
    return Relation.LATER if state.cursor > catalogue.seq or has_diverged else Relation.SAME


@dataclass(frozen=True, slots=True)
class IndexLag:
    """How an index relates to a catalogue.

    `behind` is how many changes the index lacks, and `error` says what is wrong with it. If it could not be asked,
    `state` is None and `behind` is as of the last update. `is_former`: it is of the version before, and is searched
    until it is made anew. `unfinished` is a generation that was begun and can be carried on. `foreign` are generations
    of other catalogues.
    """

    state: IndexState | None
    behind: int
    error: str | None = None
    relation: Relation = Relation.NONE
    is_former: bool = False
    unfinished: IndexState | None = None
    foreign: tuple[IndexState, ...] = ()


def index_lag(catalogue: Catalogue, engine: SearchEngine) -> IndexLag:
    """Ask the index how far it is. An engine that cannot be asked does not raise here: `error` then says why."""
    try:
        state = engine.state()
        unsearched_states = engine.others()
    except PaperglotError as error:
        return IndexLag(None, catalogue.pending(_cursor_of_note(catalogue, engine)), str(error))
    relation_kind = relation(catalogue, state)
    fault = _fault(relation_kind, engine)
    return IndexLag(
        state,
        catalogue.pending(state.cursor if state and not fault else 0),
        fault,
        relation_kind,
        is_former=relation_kind is Relation.SAME and not fault and state is not None and state.stamp != engine.stamp,
        unfinished=to_carry_on(catalogue, engine, unsearched_states),
        foreign=tuple(
            index_state for index_state in unsearched_states if relation(catalogue, index_state) is Relation.FOREIGN
        ),
    )


def _fault(relation_kind: Relation, engine: SearchEngine) -> str | None:
    match relation_kind:
        case Relation.LATER:
            return "The index was made from a later state of this catalogue."
        case Relation.FOREIGN:
            return "The index was made from another catalogue."
        case Relation.SAME | Relation.NONE:
            return _cannot_be_searched(engine)
        case unreachable:
            assert_never(unreachable)


def to_carry_on(catalogue: Catalogue, engine: SearchEngine, states: Sequence[IndexState]) -> IndexState | None:
    """Of these generations, which are not searched, the interrupted one that got furthest; None if there is none."""
    resumable = [
        state
        for state in states
        if not state.published and state.stamp == engine.stamp and relation(catalogue, state) is Relation.SAME
    ]
    return max((state for state in resumable if state.cursor), key=lambda state: state.cursor, default=None)


def _cannot_be_searched(engine: SearchEngine) -> str | None:
    try:
        engine.check()
    except NoIndex:
        return None
    except PaperglotError as error:
        return str(error)
    return None


def _cursor_of_note(catalogue: Catalogue, engine: SearchEngine) -> int:
    """How far the index was when it was last written; 0 where that is not known of this index and catalogue."""
    try:
        match orjson.loads((catalogue.folder / INDEX_NOTE).read_bytes()):
            case {"engine": name, "epoch": catalogue.epoch, "cursor": int(cursor)} if name == type(engine).__name__:
                return cursor
    except (OSError, orjson.JSONDecodeError):
        pass
    return 0
