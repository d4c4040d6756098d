"""Indexes and translates papers while a crawl brings them, so that they can be searched at once.

The workers are `paperglot` commands at a low priority. Later steps finish what is left when the crawl ends.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from operate import processes
from operate.processes import Process, Stop
from operate.steps import INDEX, TRANSLATE, why_skipped
from papers.catalogue import Catalogue
from papers.errors import PaperglotError

# At nice 19, translation leaves a crawl that runs at the same time 97 % of its speed.
NICE = {INDEX: 10, TRANSLATE: 19}
SECONDS_BETWEEN_LOOKS = 1.0


class Beside:
    """The workers beside one crawl. Call `look` now and then, and `end` when the crawl has ended."""

    def __init__(self, folder: Path, stop: Stop, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalogue = Catalogue(folder)
        self._stop = stop
        self._clock = clock
        self._looked_at = clock()
        self._names = [name for name in (INDEX, TRANSLATE) if why_skipped(name, folder) is None]
        self._seen = dict.fromkeys(self._names, self._catalogue.seq)  # worker → the catalogue's seq at its last start
        self._running: dict[str, tuple[Process, IO[bytes]]] = {}
        self.failures: dict[str, str] = {}  # worker → its last sentence

    def look(self) -> None:
        """Start each worker that does not run and has something new to do, unless it has failed before.

        Returns at once where the last look was less than SECONDS_BETWEEN_LOOKS ago.
        """
        if self._clock() - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return
        self._looked_at = self._clock()
        with suppress(PaperglotError):
            seq = self._catalogue.seq
            for name in self._names:
                if name not in self.failures and self._seen[name] < seq and not self._is_running(name):
                    self._seen[name] = seq
                    self._start(name)

    def _is_running(self, name: str) -> bool:
        if name not in self._running:
            return False
        process, _ = self._running[name]
        if process.poll() is None:
            return True
        self._note_end(name)
        return False

    def _start(self, name: str) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed when the worker has ended)
        command = (*processes.PAPERGLOT, name)
        process = processes.start_beside(command, errors, nice=NICE[name])
        self._stop.watch(process)
        self._running[name] = (process, errors)

    def _note_end(self, name: str) -> None:
        process, errors = self._running.pop(name)
        with errors:
            # A worker that is asked to stop before it handles the signal is killed by it.
            if process.returncode not in (0, 130, -15):
                errors.seek(0)
                sentence = processes.sentence_of(errors.read().decode("utf-8", "replace"))
                self.failures[name] = sentence or f"it ended with {process.returncode}"

    def end(self) -> None:
        """Wait for the workers: indexing finishes, translation ends with its current batch."""
        if TRANSLATE in self._running:
            processes.tell(self._running[TRANSLATE][0])
        for name in tuple(self._running):
            processes.wait(self._running[name][0], self._stop)
            self._note_end(name)
        self._catalogue.close()
