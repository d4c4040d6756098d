"""Opens the current generation for reading.

It is reopened after a commit, and a search is tried again when another process replaces the generation meanwhile.
Damage is reported as IndexDamaged.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
import tantivy
from tantivy import Query as TantivyQuery

from indexer.documents import Document, from_json
from indexer.engine import IndexDamaged, IndexOutdated, NoIndex
from indexer.engines.embedded import generations
from indexer.engines.embedded.compile import Compiler
from indexer.engines.embedded.schema import STORED, register
from papers.errors import PaperglotError

# How often a search is tried when another process publishes a generation meanwhile.
_TRIES = 8
_T = TypeVar("_T")


class Opened(NamedTuple):
    """A generation, opened as of one of its commits."""

    generation: str
    modified: int  # when its `meta.json` was written, in nanoseconds
    tantivy_index: tantivy.Index
    compiler: Compiler  # knows the fields of this generation, which the version before may have made
    counted: frozenset[str]  # the fields that can be counted in it
    searcher: tantivy.Searcher
    links: tempfile.TemporaryDirectory[str] | None  # see `_openable`


class Reader:
    """The index in a folder, for any number of threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: Opened | None = None

    def read(self, reading: Callable[[Opened], _T]) -> _T:
        """Returns what `reading` returns for the current generation. Raises NoIndex, IndexOutdated and IndexDamaged."""
        for _ in range(_TRIES):
            opened: Opened | None = None
            try:
                opened = self._open()
                return reading(opened)
            except PaperglotError:
                raise
            except BaseException as error:
                if not isinstance(error, _DAMAGE) and not is_panic(error):
                    raise
                failure = error
            generation = generations.current(self._root)
            # Another process may have published the next generation, and removed this one, meanwhile.
            if opened is not None and opened.generation == generation:
                generations.note_damage(self._root, generation, str(failure))
                break
        raise IndexDamaged(failure) from failure

    def check(self) -> None:
        """See `indexer.engine.SearchEngine.check`."""
        generation = generations.current(self._root)
        state = generations.read_state(self._root, generation) if generation else None
        if state is None:
            raise NoIndex
        if reason := generations.damage(self._root, state.generation):
            raise IndexDamaged(reason)

        def count(opened: Opened) -> int:
            hits = opened.searcher.search(TantivyQuery.all_query(), 1, False).hits
            return len([document_at(opened.searcher, address) for _, address in hits])

        if self.read(count) == 0 and state.documents:
            raise IndexDamaged(f"it is empty, and {state.documents:,} papers were in it")

    def close(self) -> None:
        """Close the generation that is open."""
        self._opened = None

    def _open(self) -> Opened:
        """The current generation as of its last commit; reopened if the generation or the commit is a new one."""
        generation = generations.current(self._root)
        if generation is None:
            raise NoIndex
        modified = _modified(self._root / generation)
        opened = self._opened
        if opened and opened.generation == generation and opened.modified == modified:
            return opened
        if opened and opened.generation == generation and opened.links is None:
            opened.tantivy_index.reload()
            opened = opened._replace(modified=modified, searcher=opened.tantivy_index.searcher())
        else:
            opened = self._reopen(generation, modified)
        self._opened = opened
        return opened

    def _reopen(self, generation: str, modified: int) -> Opened:
        state = generations.read_state(self._root, generation)
        if state is not None and not generations.is_searchable(state.stamp):
            raise IndexOutdated
        folder, links = _openable(self._root / generation)
        index = tantivy.Index.open(str(folder))
        register(index)
        columns = _fields(folder)
        compiler = Compiler(index.schema, set(columns))
        counted = frozenset(name for name, has_column in columns.items() if has_column)
        return Opened(generation, modified, index, compiler, counted, index.searcher(), links)


def _fields(folder: Path) -> dict[str, bool]:
    """The fields that the generation has, and whether each has a column, which counting needs.

    Damage raises ValueError.
    """
    try:
        schema = orjson.loads((folder / "meta.json").read_bytes())["schema"]
        return {field["name"]: bool(field["options"].get("fast")) for field in schema}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("its list of fields is not whole") from error


_DAMAGE = (ValueError, OSError)  # what reading a damaged file raises


def is_panic(error: BaseException) -> bool:
    """Whether this is a panic of tantivy. Its class cannot be imported and is not a subclass of Exception."""
    return type(error).__name__ == "PanicException"


def _openable(folder: Path) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """A folder in which tantivy can open the generation in `folder`.

    tantivy locks a file in the folder that it reads. For a read-only folder, this is a temporary one with links to the
    files, which is removed when the second value is.
    """
    if os.access(folder, os.W_OK):
        return folder, None
    links = tempfile.TemporaryDirectory(prefix="paperglot-index-")
    for file in folder.iterdir():
        if file.suffix != ".lock":
            (Path(links.name) / file.name).symlink_to(file)
    return Path(links.name), links


def _modified(folder: Path) -> int:
    try:
        return (folder / "meta.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def address_of(opened: Opened, id: str) -> tantivy.DocAddress | None:
    """Where the document with this key is stored; None if the index does not have it."""
    hits = opened.searcher.search(opened.compiler.term("id", id), 1, False).hits
    return hits[0][1] if hits else None


def document_at(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Document:
    """The document stored at this address. Raises ValueError if it is damaged."""
    stored: Any = searcher.doc(address).get_first(STORED)
    try:
        return from_json(bytes(stored))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a document in it is not whole") from error
