"""Writes one generation. Bulk requests are sent in the background while the next one is prepared."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from elasticsearch import Elasticsearch

from indexer.documents import Deletion, Document
from indexer.engine import MOST_REJECTED, IndexState, IndexWriteFailed, has_failed
from indexer.engines.elasticsearch.bulk import Line, delete_line, index_line, send
from indexer.engines.elasticsearch.client import translated
from indexer.engines.elasticsearch.generations import Generations
from papers.errors import PaperglotError

LINES_A_REQUEST, BYTES_A_REQUEST = 500, 5 << 20
REQUESTS_AT_ONCE = 2
REQUESTS_WAITING = 4


class ElasticsearchWriter:
    """See `indexer.engine.Writer`. The server stores documents when they are sent; searches see them after `commit`."""

    def __init__(
        self,
        client: Elasticsearch,
        generations: Generations,
        state: IndexState,
        *,
        published: bool,
        where: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._generations = generations
        self._state = state
        self._where = where
        self._now = now
        self._sleep = sleep
        # Once published, write through the alias: an index that was replaced meanwhile must get no more writes.
        self._published = published
        self._refused = dict(state.rejected)  # by the server
        self._unsendable: dict[str, str] = {}  # refused before sending; earlier lines of these papers may be under way
        self._lines: list[Line] = []
        self._bytes = 0
        self._pool = ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="bulk")
        self._under_way: deque[tuple[list[Line], Future[dict[str, str]]]] = deque()

    @property
    def state(self) -> IndexState:
        return self._state

    def write(self, documents: Sequence[Document], deleted: Sequence[Deletion]) -> None:
        for deletion in deleted:
            self._unsendable.pop(deletion.id, None)
            self._add(delete_line(deletion))
        at = self._now()
        for document in documents:
            try:
                line = index_line(document, at)
            except (TypeError, ValueError, OverflowError) as error:
                self._unsendable[document.id] = str(error)
                self._check_rejected()
            else:
                self._unsendable.pop(document.id, None)
                self._add(line)

    def _rejected(self) -> dict[str, str]:
        return self._refused | self._unsendable

    def _check_rejected(self) -> None:
        rejected = self._rejected()
        if len(rejected) > MOST_REJECTED:
            raise IndexWriteFailed(
                f"Elasticsearch refused more than {MOST_REJECTED:,} documents, the last one because of: "
                f"{next(reversed(rejected.values()))}. Run 'paperglot rebuild'."
            )

    def _add(self, line: Line) -> None:
        self._lines.append(line)
        self._bytes += len(line.content)
        if len(self._lines) >= LINES_A_REQUEST or self._bytes >= BYTES_A_REQUEST:
            self._send()

    def _send(self) -> None:
        if self._lines:
            index = self._generations.writing if self._published else self._generations.index(self._state.generation)
            lines, self._lines, self._bytes = self._lines, [], 0
            job = self._pool.submit(send, self._client, index, lines, alias=self._published, sleep=self._sleep)
            self._under_way.append((lines, job))
        while len(self._under_way) > REQUESTS_WAITING:
            self._finish_one()

    def _finish_one(self) -> None:
        lines, job = self._under_way.popleft()
        with translated(self._where):
            refused = job.result()
        if self._refused:
            for line in lines:
                self._refused.pop(line.id, None)
        self._refused |= refused
        self._check_rejected()

    def commit(self, cursor: int, mark: str = "") -> None:
        self._send()
        while self._under_way:
            self._finish_one()
        index = self._generations.index(self._state.generation)
        with translated(self._where):
            answer = self._client.options(request_timeout=120).indices.refresh(index=index)
            if answer["_shards"]["failed"]:
                raise IndexWriteFailed(f"A part of {index} is away. Nothing is lost; run 'paperglot index' later.")
            # The state follows the documents: a process killed in between sends them again, which is harmless.
            at = self._now().isoformat(timespec="seconds")
            state = replace(self._state, cursor=cursor, rejected=self._rejected(), mark=mark, at=at)
            self._generations.write_state(state)
            self._state = replace(state, documents=self._client.count(index=index)["count"])

    def publish(self) -> None:
        with translated(self._where):
            if self._published:
                self._generations.remove_others(self._state)
            else:
                # Noted before publishing. After a kill in between, the generation is made anew: it is never taken for
                # one that was interrupted and can be carried on.
                self._state = replace(self._state, published=True)
                self._generations.write_state(self._state)
                self._generations.publish(self._state)
        self._published = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lines, self._bytes = [], 0
        self._under_way.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if not self._published and has_failed(error):
            with suppress(PaperglotError), translated(self._where):
                self._generations.remove(self._state)
