"""Writes one generation. It never uses tantivy's own `with`, which commits even when the block raises."""

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
        """Opens the generation of `state`, which is empty or was written before. Raises IndexWriteFailed."""
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
                tantivy_document = self._converted(document)
                if tantivy_document is not None:
                    # Delete first: in the other order the new document would be deleted, too.
                    writer.delete_documents_by_term("id", document.id)
                    writer.add_document(tantivy_document)

    def _converted(self, document: Document) -> tantivy.Document | None:
        """The document in tantivy's form. None if tantivy cannot take it; the reason is then noted in `_rejected`."""
        try:
            tantivy_document = to_tantivy(document)
        except (TypeError, ValueError, OverflowError) as error:
            self._rejected[document.id] = str(error)
            if len(self._rejected) > MOST_REJECTED:
                raise IndexWriteFailed(
                    f"More than {MOST_REJECTED:,} documents cannot be indexed, the last one because of: {error}. "
                    "Run 'paperglot rebuild'."
                ) from error
            return None
        self._rejected.pop(document.id, None)
        return tantivy_document

    def commit(self, cursor: int, mark: str = "") -> None:
        with self._giving_up():
            self._open().commit()
            self._index.reload()
            documents = self._index.searcher().num_docs
        # The state follows the documents: a process killed in between sends them again, which is harmless.
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
            # Noted before publishing. After a kill in between, the generation is made anew: it is never taken for one
            # that was interrupted and can be carried on.
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
        """Close the tantivy writer if the block fails. A writer that goes on after a full disk drops documents without
        reporting an error."""
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
        """Wait for merges, discard what is not committed, and release the lock, in this order.

        `rollback` does not wait for merges that are still running. One of them could then overwrite what the next
        writer has committed with its older list of segments.
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
            # On a full disk, the unfinished generation would take the space that the next crawl needs.
            generations.remove_others(self._root, {generations.current(self._root)})
