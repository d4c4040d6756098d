"""The benchmarks are kept working, on next to no data. Their figures are not looked at: machines are shared."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import (
    backup,
    cluster,
    elastic,
    formats,
    harvest,
    index,
    page,
    parse,
    search,
    snapshot,
    start,
    translate,
)
from replica.model import TOY
from tests.processes import ROOT


@pytest.mark.slow
def test_each_runs_on_tiny_data() -> None:
    small = {
        "start": lambda: start.run(runs=1),
        "parse": lambda: parse.run(entries=25, runs=1),
        "formats": lambda: formats.run(records=20, items=20, entries=20, runs=1),
        "harvest": lambda: harvest.run(records=600, page=100),
        "snapshot": lambda: snapshot.run(papers=1500),
        "index": lambda: index.run(papers=200, runs=1),
        "search": lambda: search.run(papers=300, queries=6),
        "page": lambda: page.run(papers=300, requests=60, exported=300),
        "elastic": lambda: elastic.run(papers=1200, indexed=200, queries=2, runs=1),
        "translate": lambda: translate.run(count=3, size=TOY),
        "cluster": lambda: cluster.run(papers=20, size=TOY, runs=1),
        "backup": lambda: backup.run(count=50, runs=1),
    }
    assert set(small) == set(benchmarks.ALL)
    for name, run in small.items():
        rows = run()
        assert rows and any(row.target for row in rows), name


def test_an_unknown_name() -> None:
    process = subprocess.run([sys.executable, "-m", "benchmarks", "nosuch"], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 1 and "there are start, parse" in process.stderr
