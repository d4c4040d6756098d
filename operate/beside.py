"""What goes on beside a crawl: papers are indexed and translated as they come, so that they are found at once.

The workers are commands of ours at a low priority. What they leave over when the crawl ends, later steps finish.
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

# At nice 19 translating leaves a crawl beside it 97 % of its speed.
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
        self._seen = dict.fromkeys(self._names, self._catalogue.seq)  # as of the worker's last start
        self._running: dict[str, tuple[Process, IO[bytes]]] = {}
        self.failures: dict[str, str] = {}  # worker → its last sentence

    def look(self) -> None:
        """Start a worker where there is something new for it and it does not run."""
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
            # Told to end before it had begun, a worker is killed by the signal.
            if process.returncode not in (0, 130, -15):
                errors.seek(0)
                sentence = processes.sentence_of(errors.read().decode("utf-8", "replace"))
                self.failures[name] = sentence or f"it ended with {process.returncode}"

    def end(self) -> None:
        """Let indexing finish, and translating end with the batch that it is at."""
        if TRANSLATE in self._running:
            processes.tell(self._running[TRANSLATE][0])
        for name in tuple(self._running):
            processes.wait(self._running[name][0], self._stop)
            self._note_end(name)
        self._catalogue.close()
