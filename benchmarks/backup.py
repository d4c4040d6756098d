"""A backup against a plain copy of the file, and how long a crawl beside it waits."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.corpus import AT, fill, papers, sighting
from benchmarks.measure import Row, in_turn
from operate.backup import back_up
from papers.catalogue import Catalogue
from papers.paper import Page
from papers.store import FILE

PAPERS = 200_000


def run(count: int = PAPERS, runs: int = 3) -> list[Row]:
    """Both copies are written through to the disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        fill(folder, count)
        size = (folder / FILE).stat().st_size
        numbers = iter(range(10**6))

        def plain() -> None:
            to = Path(name) / f"plain-{next(numbers)}"
            shutil.copyfile(folder / FILE, to)
            with to.open("rb+") as file:
                os.fsync(file.fileno())
            to.unlink()

        def ours() -> None:
            to = Path(name) / f"ours-{next(numbers)}"
            back_up(folder, to, AT)
            to.unlink()

        copied, backed_up = in_turn(runs, plain, ours)
        slowest = _slowest_write_beside(folder, ours)
    return [
        Row(f"a copy of the file, {count:,} papers, {size >> 20:,} MB", f"{copied:.2f} s"),
        Row("paperglot backup, checked", f"{backed_up:.2f} s, {backed_up / copied:.2f} ×", "at most 2 ×"),
        Row("slowest write of a crawl beside it", f"{slowest:.3f} s", "never over a second"),
    ]


def _slowest_write_beside(folder: Path, work: Callable[[], None]) -> float:
    """Keep a page of a paper again and again while a backup is made."""
    ended = threading.Event()
    slowest = 0.0
    (paper,) = papers(1)

    def crawl() -> None:
        nonlocal slowest
        moment = AT
        with Catalogue(folder, write=True) as catalogue:
            while not ended.is_set():
                moment += timedelta(minutes=1)
                changed = sighting(paper)
                begun = time.perf_counter()
                catalogue.keep(Page(source="benchmark", sightings=(changed,)), moment)
                slowest = max(slowest, time.perf_counter() - begun)
                time.sleep(0.01)

    crawling = threading.Thread(target=crawl)
    crawling.start()
    try:
        work()
    finally:
        ended.set()
        crawling.join()
    return slowest
