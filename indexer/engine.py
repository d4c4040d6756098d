"""The contract between Paperglot and a search engine. `tests/indexer/contract.py` holds every engine to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from indexer.documents import Deletion, Document
from indexer.fields import Kind
from indexer.query.search import Search
from indexer.results import Hit, Results
from papers.errors import PaperglotError

# How many values of each facet are given, those with the most papers first.
FACET_SIZE = 15


class NoIndex(PaperglotError):
    """Raised by the reading methods, and by `writer`: there is no index yet."""

    status = 503

    def __init__(
        self, sentence: str = "There is no index yet: run 'paperglot index' to make one from the catalogue."
    ) -> None:
        super().__init__(sentence)


class IndexOutdated(PaperglotError):
    """Raised by the reading methods, and by `writer`: the index was made by other rules than this program's."""

    status = 503

    def __init__(
        self, sentence: str = "The index was made by another version of Paperglot: run 'paperglot rebuild' once."
    ) -> None:
        super().__init__(sentence)


class IndexDamaged(PaperglotError):
    """Raised by the reading methods, by `check` and by `writer`: the index is there and cannot be read."""

    status = 503

    def __init__(self, reason: object) -> None:
        self.what = f"The index cannot be read ({reason})"
        super().__init__(f"{self.what}: 'paperglot index' makes it anew from the catalogue.")


class IndexNameTaken(PaperglotError):
    """Raised by `check` and `rebuild` of an engine on a server: what is not ours has a name that we need."""

    status = 503


class EngineAway(PaperglotError):
    """Raised by every method of an engine on a server: it does not answer, or is too busy to."""

    status = 503
    internal = True


class EngineRefused(PaperglotError):
    """Raised by every method of an engine on a server: it does not accept the key, or what the key may do."""

    status = 503
    internal = True


class EngineFailed(PaperglotError):
    """Raised by every method of an engine on a server: it answered with an error that nobody expected."""

    internal = True


class IndexWriteFailed(PaperglotError):
    """Raised by a Writer: the engine could not write (a full disk, say). Nothing since the last commit counts."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What an index knows of itself.

    `cursor` is the highest `seq` of the change feed whose papers are all in. It belongs to this `generation` of
    this catalogue's `epoch`: an index of another epoch is foreign, one of another `stamp` was made by other rules,
    and neither is carried on. `mark` is the catalogue's mark at `cursor`: where it has another one now, it is an
    earlier copy that went another way. `rejected` are documents that the engine would not take, and why. `published`:
    it was searched once. `at` is when it was last written, in ISO's form.
    """

    generation: str
    epoch: str
    stamp: str
    cursor: int
    documents: int
    rejected: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""  # of an index that an earlier program made: not known
    published: bool = False
    at: str = ""  # not known either


# So many documents that an engine would not take are not odd papers but a fault of the index.
MOST_REJECTED = 1000


def to_be_added_to(state: IndexState | None, stamp: str) -> IndexState:
    """The state of an index that a program of this `stamp` may add to; raises NoIndex and IndexOutdated."""
    if state is None:
        raise NoIndex("There is no index to add to.")
    if state.stamp != stamp:
        raise IndexOutdated("The index was made by other rules and cannot be added to.")
    return state


def has_failed(error: BaseException | None) -> bool:
    """Whether a generation that was left with this error is spoilt: not where it was stopped, or its server went away
    or changed its mind about the key."""
    return isinstance(error, Exception) and not isinstance(error, EngineAway | EngineRefused)


@dataclass(frozen=True, slots=True)
class SideIndex:
    """An index beside that of papers, for people in Kibana: `<prefix>-<name>`. Documents by id; `kinds` by field."""

    name: str
    kinds: Mapping[str, Kind]
    documents: Mapping[str, Mapping[str, object]]


class Writer(Protocol):
    """Writes one generation of an index. One at a time: `indexer.update` holds the lock.

    A writer that raised an error is spent: leave it, and send everything since `state.cursor` again.
    """

    @property
    def state(self) -> IndexState:
        """As of the last commit."""

    def write(self, documents: Sequence[Document], deleted: Sequence[Deletion]) -> None:
        """Put these documents in, each in the place of an earlier one with its id; take the deleted ones out.

        A document that the engine cannot take (a number beyond its range, a text that is no Unicode, a field that is
        too long) is set aside in `state.rejected` with the reason, and what the index held of that paper stays; the
        others go on. A later document of that paper, or its deletion, takes it out of there. More than MOST_REJECTED of
        them are a fault of the index and raise IndexWriteFailed.

        Not to be seen before `commit`. An id that is not there to be deleted is no error. What comes twice counts as
        it came last, or as its `seq` says where the engine keeps that.
        """

    def commit(self, cursor: int, mark: str = "") -> None:
        """Make everything written durable and searchable, all at once, and note `cursor` and `mark` with it.

        Killed before it returns, either the old state is found again or the new one with the old cursor;
        writing the same documents again is then harmless.
        """

    def publish(self) -> None:
        """After the last commit: make this generation the one that is searched.

        The one that was searched before is kept until the next `publish` or `rebuild`: somebody may be about to open
        it. Where this generation is searched already, only others are removed.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of the index. What was not committed is dropped.

        A generation that failed before `publish` is removed. One that was interrupted (stopped, or its server went
        away) is left, so that `rebuild` can carry it on.
        """


class SearchEngine(Protocol):
    """Finds papers. Synchronous; one instance may be used by many threads; every process opens its own.

    Two engines that hold the same documents give the same matching set for the same Query, as `evaluate.matches`
    defines it. The order by relevance may differ; by `newest` and `upvotes` it may not.
    """

    def search(self, search: Search) -> Results:
        """The page of hits that `search` asks for, and with `counts` its facets and histogram.

        `total`, facets and histogram count every match, never an estimate. With `highlight`, hits carry what
        matched. A search without matches, or a page past the end, gives no hits. Raises QueryTooLarge,
        UnknownField, NoIndex, IndexOutdated, IndexDamaged and an engine's three on a server, nothing else.

        Cursor: `Results.cursor` of a search by newest or upvotes, put into the same search, gives the papers
        after its last hit: none skipped, none repeated, also while papers are added.
        """

    def get(self, id: str) -> Document | None:
        """The document with this key, or None."""

    def similar(self, id: str, size: int) -> tuple[Hit, ...]:
        """Up to `size` papers most like this one, not itself; () where there is none, or no such paper."""

    def suggest(self, text: str, size: int) -> tuple[str, ...]:
        """Up to `size` different titles that hold the words of `text`, the last of which may be unfinished."""

    def state(self) -> IndexState | None:
        """What is searched now, or None where there is no index. Never raises IndexOutdated."""

    @property
    def stamp(self) -> str:
        """Which rules an index of this program is made by. That of the version before is searched, not added to."""

    def others(self) -> Sequence[IndexState]:
        """The generations that are not searched: those begun and not published, and what was replaced and is still
        there."""

    def check(self) -> None:
        """Raise NoIndex, IndexOutdated, IndexDamaged or IndexNameTaken where a search would fail: what `state` says may
        not be so."""

    def writer(self) -> Writer:
        """A writer that adds to the generation that is searched now. Raises IndexOutdated where that was made by other
        rules, also where they can be searched, and what `check` raises."""

    def rebuild(self, epoch: str, *, carried_on: IndexState | None = None, take_over: bool = False) -> Writer:
        """A writer of a new generation; the present one is searched until `publish`.

        The generation is empty, or `carried_on`, one of `others` that was begun by the same rules. Others of this epoch
        that were begun and never published are removed. What has a name that the index needs is looked at before:
        with `take_over` it loses an alias, else IndexNameTaken is raised. Raises IndexWriteFailed.
        """

    def key_expires(self) -> datetime | None:
        """When the key to a server expires; None where it does not, nobody may ask, or there is none."""

    def put_beside(self, make: Callable[[], SideIndex]) -> None:
        """Put the documents that `make` gives into an index beside that of papers, each in the place of an earlier one
        with its id. Where people cannot look into the engine, nothing is made."""

    def close(self) -> None:
        """Let go of everything."""
