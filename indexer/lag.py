"""How an index stands to a catalogue: whose it is, how far it is, and what of it cannot be searched."""

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
    """How an index stands to a catalogue."""

    SAME = "same"  # made from it
    LATER = "later"  # made from a later state of it, or from one that went another way: a backup was put back
    FOREIGN = "foreign"  # made from another catalogue
    NONE = "none"  # there is no index


def relation(catalogue: Catalogue, state: IndexState | None) -> Relation:
    """How the index of this state stands to the catalogue."""
    if state is None:
        return Relation.NONE
    if state.epoch != catalogue.epoch:
        return Relation.LATER if state.epoch in catalogue.former_epochs else Relation.FOREIGN
    went_another_way = state.mark and state.mark != catalogue.mark(state.cursor)
    return Relation.LATER if state.cursor > catalogue.seq or went_another_way else Relation.SAME


@dataclass(frozen=True, slots=True)
class IndexLag:
    """How an index stands to a catalogue. `error` says what is wrong with it; where it could not be asked, `behind` is
    as of the last update. `is_former`: it is of the version before, and searched until it is made anew. `unfinished`
    was begun and can be carried on, `foreign` are of other catalogues."""

    state: IndexState | None
    behind: int
    error: str | None = None
    relation: Relation = Relation.NONE
    is_former: bool = False
    unfinished: IndexState | None = None
    foreign: tuple[IndexState, ...] = ()


def index_lag(catalogue: Catalogue, engine: SearchEngine) -> IndexLag:
    """Ask the index how far it is. An engine that cannot be asked is no error here."""
    try:
        state = engine.state()
        others = engine.others()
    except PaperglotError as error:
        return IndexLag(None, catalogue.pending(_cursor_of_note(catalogue, engine)), str(error))
    stands = relation(catalogue, state)
    fault = _fault(stands, engine)
    return IndexLag(
        state,
        catalogue.pending(state.cursor if state and not fault else 0),
        fault,
        stands,
        is_former=stands is Relation.SAME and not fault and state is not None and state.stamp != engine.stamp,
        unfinished=to_carry_on(catalogue, engine, others),
        foreign=tuple(other for other in others if relation(catalogue, other) is Relation.FOREIGN),
    )


def _fault(stands: Relation, engine: SearchEngine) -> str | None:
    match stands:
        case Relation.LATER:
            return "The index was made from a later state of this catalogue."
        case Relation.FOREIGN:
            return "The index was made from another catalogue."
        case Relation.SAME | Relation.NONE:
            return _cannot_be_searched(engine)
        case other:
            assert_never(other)


def to_carry_on(catalogue: Catalogue, engine: SearchEngine, others: Sequence[IndexState]) -> IndexState | None:
    """Of the generations that are not searched, the one that was interrupted when it was furthest."""
    begun = [
        other
        for other in others
        if not other.published and other.stamp == engine.stamp and relation(catalogue, other) is Relation.SAME
    ]
    return max((other for other in begun if other.cursor), key=lambda other: other.cursor, default=None)


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
