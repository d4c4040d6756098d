"""Writes one generation. Never through tantivy's own `with`, which commits even when its body raises."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from indexer.documents import Deletion, Document
from indexer.engine import MOST_REJECTED, IndexState, IndexWriteFailed, has_failed
from indexer.engines.embedded import generations
from indexer.engines.embedded.reader import is_panic
from indexer.engines.embedded.schema import register, schema, to_tantivy


class EmbeddedWriter:
    """See `indexer.engine.Writer`."""

    def __init__(self, root: Path, state: IndexState, memory: int, threads: int, now: Callable[[], datetime]) -> None:
        """A writer of the generation of `state`, which is empty or was opened before."""
        self._root = root
        self._state = state
        self._now = now
        self._rejected = dict(state.rejected)
        self._writer: tantivy.IndexWriter | None = None
        try:
            index = tantivy.Index(schema(), path=str(root / state.generation), reuse=True)
            register(index)
            self._index = index
            self._writer = index.writer(memory, threads)
        except (ValueError, OSError) as error:
            raise IndexWriteFailed(f"The index in {root} cannot be opened for writing: {error}.") from error

    @property
    def state(self) -> IndexState:
        return self._state

    def write(self, documents: Sequence[Document], deleted: Sequence[Deletion]) -> None:
        writer = self._open()
        with self._giving_up():
            for id, _ in deleted:
                self._rejected.pop(id, None)
                writer.delete_documents_by_term("id", id)
            for document in documents:
                made = self._made(document)
                if made is not None:
                    # In this order: the other one would take the new document out again.
                    writer.delete_documents_by_term("id", document.id)
                    writer.add_document(made)

    def _made(self, document: Document) -> tantivy.Document | None:
        """The document as tantivy takes it; None where it does not, which is noted."""
        try:
            made = to_tantivy(document)
        except (TypeError, ValueError, OverflowError) as error:
            self._rejected[document.id] = str(error)
            if len(self._rejected) > MOST_REJECTED:
                raise IndexWriteFailed(
                    f"More than {MOST_REJECTED:,} documents cannot be indexed, the last one because of: {error}. "
                    "Run 'paperglot rebuild'."
                ) from error
            return None
        self._rejected.pop(document.id, None)
        return made

    def commit(self, cursor: int, mark: str = "") -> None:
        with self._giving_up():
            self._open().commit()
            self._index.reload()
            documents = self._index.searcher().num_docs
        # After the documents: killed in between, they are sent again, which is harmless.
        rejected = dict(self._rejected)
        self._state = replace(
            self._state,
            cursor=cursor,
            documents=documents,
            rejected=rejected,
            mark=mark,
            at=self._now().isoformat(timespec="seconds"),
        )
        generations.write_state(self._root, self._state)
        generations.share(self._root, self._state.generation)

    def publish(self) -> None:
        if generations.current(self._root) != self._state.generation:
            # Before: killed in between it is made anew, and never taken for one that was interrupted.
            self._state = replace(self._state, published=True)
            generations.write_state(self._root, self._state)
            generations.publish(self._root, self._state.generation)
        else:
            generations.remove_replaced(self._root, self._state.generation)

    def _open(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise IndexWriteFailed("This writer has failed before: open another one.")
        return self._writer

    @contextlib.contextmanager
    def _giving_up(self) -> Iterator[None]:
        """Give up the tantivy writer where the block fails: one that goes on after a full disk drops documents without
        a word."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, Exception) and not is_panic(error):
                raise
            self._close()
            if isinstance(error, IndexWriteFailed):
                raise
            raise IndexWriteFailed(
                f"The index in {self._root} cannot be written: {error}. Nothing is lost; run it again."
            ) from error

    def _close(self) -> None:
        """Wait for merges, drop what is not committed, and let the lock go, in this order.

        Not `rollback`: it lets go of merges that are still running, and one of them then writes its older list of
        segments over what the next writer has committed.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.wait_merging_threads()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()
        if has_failed(error) and generations.current(self._root) != self._state.generation:
            # On a full disk its half would keep the room that the next crawl needs.
            generations.remove_others(self._root, {generations.current(self._root)})
