"""Importing the snapshot into the catalogue: papers a second, and whether memory stays flat."""

from __future__ import annotations

import tempfile
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks.corpus import LAST_DAY, PAPERS_A_DAY
from benchmarks.measure import Row, timed
from crawler import snapshot
from papers.catalogue import Catalogue
from replica.snapshot import lines
from replica.world import World

PAPERS = 30_000


def run(papers: int = PAPERS) -> list[Row]:
    """From a plain file; the bare pass only decodes its JSON."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "snapshot.json"
        with path.open("w") as file:
            file.writelines(f"{line}\n" for line in lines(World(papers_a_day=PAPERS_A_DAY), LAST_DAY, papers))
        bare = timed(lambda: [orjson.loads(line) for line in path.open("rb")])
        taken = timed(lambda: _import(path, Path(name) / "a"))
        peaks: list[int] = []
        tracemalloc.start()
        _import(path, Path(name) / "b", peaks)
        tracemalloc.stop()
    half = len(peaks) // 2
    return [
        Row(f"JSON decoded, {papers:,} papers", f"{papers / bare:,.0f} papers/s"),
        Row("imported into the catalogue", f"{papers / taken:,.0f} papers/s", "over 5,000 papers/s"),
        Row("peak of Python's memory, second half / first", f"{max(peaks[half:]) / max(peaks[:half]):.2f} ×", "flat"),
    ]


def _import(path: Path, folder: Path, peaks: list[int] | None = None) -> None:
    def progress(processed: int, total: int) -> None:
        if peaks is not None:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()

    with Catalogue(folder, write=True) as catalogue:
        snapshot.run(path, catalogue, lambda: datetime(2026, 11, 20, tzinfo=UTC), print, progress)
