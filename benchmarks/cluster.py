"""Translation on workers of a Dask cluster: two of one core against one, and against this process."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import fill
from benchmarks.measure import Row, timed
from papers.catalogue import Catalogue
from replica.model import FULL, Size, build
from translation.cluster import cluster
from translation.install import install
from translation.job import Machines
from translation.settings import HERE, ClusterSettings, TranslationSettings
from translation.worker import run as translate

PAPERS, RUNS = 120, 2
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def run(papers: int = PAPERS, size: Size = FULL, runs: int = RUNS) -> list[Row]:
    """The same papers, from the catalogue into the catalogue. The start of the workers is not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(build(folder / "model.argosmodel", size), folder / "untranslated" / "packages")
        fill(folder / "untranslated", papers)

        def once(machines: Machines | None) -> None:
            data = folder / "data"
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(folder / "untranslated", data)
            settings = TranslationSettings(threads=1, papers_at_once=10)
            with Catalogue(data, write=True) as catalogue:
                translate(catalogue, data, settings, "zh", now=lambda: AT, machines=machines)

        packages = folder / "untranslated"

        def with_workers(count: int) -> float:
            with cluster(HERE, ClusterSettings(workers=count, threads=1), packages) as machines:
                return timed(lambda: once(machines))

        rounds = [(timed(lambda: once(None)), with_workers(1), with_workers(2)) for _ in range(runs)]
    alone, one, two = map(min, zip(*rounds, strict=True))
    return [
        Row(f"this process, one core, {papers} papers", f"{papers / alone:.2f} papers/s"),
        Row("one worker of one core", f"{papers / one:.2f} papers/s"),
        Row("of this process", f"{alone / one:.0%}"),
        Row("two workers of one core", f"{papers / two:.2f} papers/s"),
        Row("ratio", f"{one / two:.2f} ×", "at least 1.5 ×"),
    ]
