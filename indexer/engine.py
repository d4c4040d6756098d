"""The contract between Paperglot and a search engine. `tests/indexer/contract.py` holds every engine to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from indexer.documents import Deletion, Document
from indexer.fields import Kind
from indexer.query.search import Search
from indexer.query.tree import Query
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
    """Raised by the reading methods, by `check` and by `writer`: the index is there but cannot be read."""

    status = 503

    def __init__(self, reason: object) -> None:
        self.what = f"The index cannot be read ({reason})"
        super().__init__(f"{self.what}: 'paperglot index' makes it anew from the catalogue.")


class IndexNameTaken(PaperglotError):
    """Raised by the reading methods, `check`, `rebuild` and `publish` of an engine on a server: something that is not
    ours has a name that we need."""

    status = 503


class EngineAway(PaperglotError):
    """Raised by every method of an engine on a server: it does not answer, or is too busy to."""

    status = 503
    internal = True


class EngineRefused(PaperglotError):
    """Raised by every method of an engine on a server: it does not accept the key, does not let the key do this, or is
    not a server that we can use."""

    status = 503
    internal = True


class EngineFailed(PaperglotError):
    """Raised by every method of an engine on a server: it answered with an unexpected error."""

    internal = True


class IndexWriteFailed(PaperglotError):
    """Raised by a Writer: the engine could not write (a full disk, say). Nothing since the last commit counts."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What an index stores about itself.

    `cursor` is a `seq` of the change feed: all changes up to it are in the index. It belongs to this `generation` of
    this catalogue's `epoch`. An index of another epoch is foreign, one of another `stamp` was made by other rules, and
    neither is carried on. `mark` is the catalogue's mark at `cursor`. If the catalogue has another mark there now, it
    is an earlier copy that has diverged. `rejected` are the documents that the engine would not take: paper id →
    reason. `published`: this generation has been searched. `at` is when it was last written, in ISO format.
    """

    generation: str
    epoch: str
    stamp: str
    cursor: int
    documents: int
    rejected: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""  # "" for an index that an earlier program made
    published: bool = False
    at: str = ""  # "" for such an index, too


# If an engine refuses more documents than this, the fault is in the index and not in the papers.
MOST_REJECTED = 1000


def to_be_added_to(state: IndexState | None, stamp: str) -> IndexState:
    """The state of an index that a program of this `stamp` may add to; raises NoIndex and IndexOutdated."""
    if state is None:
        raise NoIndex("There is no index to add to.")
    if state.stamp != stamp:
        raise IndexOutdated("The index was made by other rules and cannot be added to.")
    return state


def has_failed(error: BaseException | None) -> bool:
    """Whether a generation that was left with this error is useless. It can be carried on if there was no error, if
    writing was stopped, or if the server went away or refused the key."""
    return isinstance(error, Exception) and not isinstance(error, EngineAway | EngineRefused)


@dataclass(frozen=True, slots=True)
class SideIndex:
    """An index beside that of papers, for people in Kibana: `<prefix>-<name>`.

    `kinds` is by field, `documents` by id.
    """

    name: str
    kinds: Mapping[str, Kind]
    documents: Mapping[str, Mapping[str, object]]


class Writer(Protocol):
    """Writes one generation of an index. One at a time: `indexer.update` holds the lock.

    After an error a writer cannot be used again: open another one, and send it everything since `state.cursor`.
    """

    @property
    def state(self) -> IndexState:
        """As of the last commit."""

    def write(self, documents: Sequence[Document], deleted: Sequence[Deletion]) -> None:
        """Put these documents in, each in the place of an earlier one with its id; take the deleted ones out.

        A document that the engine cannot take (a number beyond its range, a text that is no Unicode, a field that is
        too long) is set aside in `state.rejected` with the reason. What the index held of that paper stays, and the
        other documents are written. A later document of that paper, or its deletion, removes it from `rejected`. More
        than MOST_REJECTED of them are a fault of the index and raise IndexWriteFailed.

        Searches see nothing of this before `commit`. Deleting an id that is not there is not an error. If a paper comes
        twice, the last one counts, or the one with the higher `seq` if the engine stores that.
        """

    def commit(self, cursor: int, mark: str = "") -> None:
        """Make everything written durable and searchable, all at once, and note `cursor` and `mark` with it.

        If the process is killed before this returns, the index has either its old content, or the new content with the
        old cursor. Writing the same documents again is then harmless.
        """

    def publish(self) -> None:
        """After the last commit: make this generation the one that is searched.

        The one that was searched before is kept until the next `publish` or `rebuild`: somebody may be about to open
        it. Where this generation is searched already, only others are removed.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the writer. What was not committed is discarded.

        A generation that failed before `publish` is removed. One that was interrupted (stopped, or its server went
        away) is left, so that `rebuild` can carry it on.
        """


class SearchEngine(Protocol):
    """Finds papers. Synchronous; one instance may be used by many threads; every process opens its own.

    Two engines that hold the same documents give the same matching set for the same Query, as `evaluate.matches`
    defines it. The order by relevance may differ; by `newest` and `upvotes` it may not.
    """

    def search(self, search: Search) -> Results:
        """The page of hits that `search` asks for, with the facets and the histogram that it asks for.

        `total`, facets and histogram count every match, never an estimate. With `highlight`, hits carry what
        matched. A search without matches, or a page past the end, gives no hits. Raises QueryTooLarge,
        UnknownField, NoIndex, IndexOutdated and IndexDamaged. An engine on a server can also raise EngineAway,
        EngineRefused, EngineFailed and IndexNameTaken.

        By relevance, of papers that fit equally well the recent ones come first: see `indexer.ranking`.

        Cursor: `Results.cursor` of a search by newest or upvotes, put into the same search, gives the papers
        after its last hit: none skipped, none repeated, also while papers are added.
        """

    def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        """How many papers each of these matches. Raises what `search` raises."""

    def iterate(self, search: Search) -> Iterator[Document]:
        """Every paper that matches, in the search's order, newest or upvotes, without a limit; its page, size and
        counts mean nothing here. The embedded engine gives the index as it was when the first was taken; on a server,
        papers that come meanwhile may be among them. Raises what `search` raises, and InvalidSearch for an order by
        relevance."""

    def get(self, id: str) -> Document | None:
        """The document with this key, or None."""

    def similar(self, id: str, size: int, *, newest: bool = False) -> tuple[Hit, ...]:
        """Up to `size` papers most like this one, not itself; () where there is none, or no such paper.

        Likeness is that of the words in titles and abstracts, in every language that both have. With `newest`, of the
        most alike the latest come first.
        """

    def spellings(self, word: str, size: int) -> tuple[str, ...]:
        """Up to `size` words of the index that differ from `word` by one letter more, less, other, or by two that
        changed places; those in the most papers first. Words of fewer than four letters have none."""

    def state(self) -> IndexState | None:
        """What is searched now, or None where there is no index. Never raises IndexOutdated."""

    @property
    def stamp(self) -> str:
        """Names the rules by which this program builds an index.

        An index with the stamp of the version before can be searched, but not added to.
        """

    def others(self) -> Sequence[IndexState]:
        """The generations that are not searched: those begun and not published, and what was replaced and is still
        there."""

    def check(self) -> None:
        """Raise NoIndex, IndexOutdated, IndexDamaged or IndexNameTaken if a search would fail. `state` cannot say this:
        it only reports what the index has noted about itself."""

    def writer(self) -> Writer:
        """A writer that adds to the generation that is searched now. Raises what `check` raises, and IndexOutdated if
        the generation was made by other rules, even if this program can search it."""

    def rebuild(self, epoch: str, *, carried_on: IndexState | None = None, take_over: bool = False) -> Writer:
        """A writer of a new generation; the present one is searched until `publish`.

        The generation is empty, or `carried_on`, one of `others` that was begun by the same rules. Others of this epoch
        that were begun and never published are removed. Raises IndexWriteFailed, and IndexNameTaken if something that
        is not ours has a name that the index needs; with `take_over` such an index loses its alias instead.
        """

    def key_expires(self) -> datetime | None:
        """When the key to a server expires; None if it never does, the server does not say, or there is no key."""

    def put_beside(self, make: Callable[[], SideIndex]) -> None:
        """Put the documents that `make` gives into an index beside that of papers, each in the place of an earlier one
        with its id. Does nothing, and does not call `make`, if people cannot look into the engine."""

    def close(self) -> None:
        """Release what the engine holds: files, connections."""
