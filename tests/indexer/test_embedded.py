"""The embedded engine: the contract, and what is its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engine import IndexOutdated, IndexWriteFailed, SearchEngine
from indexer.engines import open_engine
from indexer.engines.embedded import generations
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.query.search import Search
from indexer.update import update
from papers.catalogue import Catalogue
from tests.indexer.contract import EngineContract, fill, found
from tests.indexer.finding import FindingContract
from tests.making import AT, document, page, sighting


@pytest.fixture
def engine(folder: Path) -> EmbeddedEngine:
    return EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)


class TestEmbedded(EngineContract, FindingContract):
    @pytest.fixture
    def engine(self, folder: Path) -> SearchEngine:
        return EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)

    @pytest.fixture
    def another(self, folder: Path) -> Callable[[], SearchEngine]:
        return lambda: EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)


def test_an_index_of_other_rules_is_not_searched(
    engine: EmbeddedEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, [document()])
    monkeypatch.setattr(generations, "SCHEMA", 999)
    fresh = EmbeddedEngine(folder / "index", memory=64 << 20, threads=1)
    with pytest.raises(IndexOutdated, match="paperglot rebuild"):
        fresh.search(Search())
    with pytest.raises(IndexOutdated):
        fresh.writer()
    assert fresh.state() is not None


def test_a_failed_writer_is_spent(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """tantivy's writer would go on after an error, and drop documents without a word."""
    fill(engine, [document()])
    with engine.writer() as writer:
        monkeypatch.setattr(
            "indexer.engines.embedded.writer.to_tantivy", lambda d: (_ for _ in ()).throw(OSError("full"))
        )
        with pytest.raises(IndexWriteFailed, match="full"):
            writer.write([document("2611.00002", 2)], [])
        monkeypatch.undo()
        with pytest.raises(IndexWriteFailed, match="failed before"):
            writer.write([document("2611.00003", 3)], [])
        with pytest.raises(IndexWriteFailed):
            writer.commit(9)
    state = engine.state()
    assert found(engine) == ["2611.00001"] and state and state.cursor == 1


def test_a_second_writer_is_refused(engine: EmbeddedEngine) -> None:
    fill(engine, [document()])
    with engine.writer(), pytest.raises(IndexWriteFailed, match="cannot be opened for writing"):
        engine.writer()
    with engine.writer() as writer:
        assert writer.state.cursor == 1


WORKER = [sys.executable, "-m", "cli.app", "index"]


def keep(folder: Path, first: int, count: int) -> None:
    with Catalogue(folder, write=True) as catalogue:
        for start in range(first, first + count, 1000):
            papers = (
                sighting(f"2611.{n:05}", abstract=f"{os.urandom(200).hex(' ')} paper {n}")
                for n in range(start, min(start + 1000, first + count))
            )
            catalogue.keep(page(*papers), AT)


def all_there(folder: Path, count: int) -> None:
    with Catalogue(folder) as catalogue:
        update(catalogue, open_engine(folder))
        assert catalogue.count() == count
    engine = open_engine(folder)
    state = engine.state()
    assert state and state.documents == count
    assert engine.search(Search()).total == count
    for number in range(1, count + 1, 97):
        assert engine.get(f"2611.{number:05}"), number


def test_killed_at_any_moment_of_an_update(folder: Path) -> None:
    import random

    chance = random.Random(5)
    total = 0
    for _ in range(8):
        keep(folder, total + 1, 1500)
        total += 1500
        process = subprocess.Popen(WORKER, env=os.environ)
        time.sleep(chance.uniform(0.25, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
    all_there(folder, total)


def test_a_full_disk_loses_no_document(folder: Path) -> None:
    """Files are held below a size that the index outgrows; then the limit goes, and the next run goes on."""
    keep(folder, 1, 500)
    with Catalogue(folder) as catalogue:
        update(catalogue, open_engine(folder))
    keep(folder, 501, 4000)
    largest = 300_000  # enough for the catalogue's shared memory, too little for 4,000 papers

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    failed = subprocess.run(WORKER, env=os.environ, preexec_fn=limited, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "Nothing is lost; run it again" in failed.stderr and "Traceback" not in failed.stderr
    assert open_engine(folder).search(Search()).total == 500
    all_there(folder, 4500)


def test_nothing_goes_on_behind_a_closed_writer(folder: Path) -> None:
    """A merge that outlives its writer would overwrite what the next process commits: papers came twice."""
    engine = open_engine(folder)
    fill(engine, [document(f"2611.{n:05}", n, title=f"word{n} " * 30) for n in range(1, 400)])
    index = folder / "index" / str(generations.current(folder / "index"))
    for session in range(40):
        with engine.writer() as writer:
            again = range(1 + session * 7, 40 + session * 7)
            writer.write([document(f"2611.{n:05}", n, title=f"session{session} " * 30) for n in again], [])
            writer.commit(session + 2)
        closed = (index / "meta.json").read_bytes()
        time.sleep(0.03)
        assert (index / "meta.json").read_bytes() == closed
    assert engine.search(Search()).total == 399
