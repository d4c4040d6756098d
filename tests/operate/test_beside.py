"""What goes on beside a crawl: workers start where there is something for them, and are heard where they fail."""

from __future__ import annotations

import os
import sys
import tempfile
from itertools import count
from pathlib import Path

import pytest

from operate import processes
from operate.beside import NICE, Beside
from operate.processes import Stop
from papers.catalogue import Catalogue
from tests.making import AT, page, sighting
from tests.processes import wait_until


@pytest.mark.parametrize("worker", NICE)
def test_workers_leave_the_machine_to_others(worker: str) -> None:
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        process = processes.start_beside(command, errors, nice=NICE[worker])
        niceness = os.getpriority(os.PRIO_PROCESS, process.pid)
        process.kill()
        process.wait()
    assert niceness == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE[worker]) or niceness == NICE[worker]
    assert NICE[worker] >= 10


def beside(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Beside:
    """Workers that run this script in the place of a command of ours; a look is due each time that it is asked for."""
    monkeypatch.setattr(processes, "PAPERGLOT", (sys.executable, "-c", script))
    with Catalogue(folder, write=True):
        pass
    return Beside(folder, Stop(), clock=map(float, count()).__next__)


def keep(folder: Path, id: str) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(id)), AT)


def test_a_worker_is_started_for_what_is_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = folder.parent / "called"
    workers = beside(folder, f"open({str(called)!r}, 'a').write('x')", monkeypatch)
    workers.look()
    assert not called.exists()
    for number in (1, 2):
        keep(folder, f"2611.0000{number}")

        def worker_has_run(times: int = number) -> bool:
            workers.look()  # again and again: the worker before may not have ended yet
            return called.exists() and len(called.read_text()) == times

        wait_until(worker_has_run)
        for _ in range(3):
            workers.look()
    workers.end()
    assert called.read_text() == "xx" and workers.failures == {}


def test_a_worker_that_fails_is_not_started_again_and_heard(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = folder.parent / "called"
    script = f"import sys; open({str(called)!r}, 'a').write('x'); sys.exit('paperglot: The disk is full.')"
    workers = beside(folder, script, monkeypatch)
    for number in (1, 2, 3):
        keep(folder, f"2611.0000{number}")
        workers.look()
        wait_until(lambda: called.exists() and not workers._is_running("index"))
    workers.end()
    assert called.read_text() == "x" and workers.failures == {"index": "The disk is full."}
