"""From the change feed into an engine, with the embedded one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.engines import open_engine
from indexer.query.reading import read
from indexer.query.search import Search
from indexer.update import LOCK, Updated, update
from papers.catalogue import Catalogue
from tests.making import AT, page, sighting


def total(folder: Path, text: str = "") -> int:
    return open_engine(folder).search(Search(query=read(text).query)).total


def test_only_what_changed_is_indexed(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        engine = open_engine(folder)
        catalogue.keep(page(sighting("2611.00001"), sighting("2611.00002")), AT)
        assert update(catalogue, engine) == Updated(papers=2, rebuilt=True)
        assert update(catalogue, engine) == Updated()
        catalogue.keep(page(sighting("2611.00001", title="Changed")), AT.replace(hour=9))
        assert update(catalogue, engine) == Updated(papers=1)
        catalogue.delete(["2611.00002"])
        assert update(catalogue, engine) == Updated(deleted=1)
    assert total(folder) == 1 and total(folder, "changed") == 1


def test_an_empty_catalogue_makes_an_empty_index(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        assert update(catalogue, open_engine(folder)) == Updated(rebuilt=True)
        assert update(catalogue, open_engine(folder)) == Updated()
    assert total(folder) == 0


def test_an_index_of_another_catalogue_is_not_carried_on(folder: Path) -> None:
    for title in ("First", "Second"):
        for file in folder.glob("catalogue*"):
            file.unlink()
        with Catalogue(folder, write=True) as catalogue:
            catalogue.keep(page(sighting(title=title)), AT)
            assert update(catalogue, open_engine(folder)).rebuilt
    assert total(folder, "second") == 1 and total(folder, "first") == 0


def test_an_older_index_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        update(catalogue, open_engine(folder))
        monkeypatch.setattr("indexer.engines.embedded.generations.SCHEMA", 999)
        assert update(catalogue, open_engine(folder)) == Updated(papers=1, rebuilt=True)


def test_a_lost_index_is_made_anew(folder: Path) -> None:
    import shutil

    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        update(catalogue, open_engine(folder))
        shutil.rmtree(folder / "index")
        assert update(catalogue, open_engine(folder)) == Updated(papers=1, rebuilt=True)


def test_rebuild(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(), sighting("2611.00002")), AT)
        update(catalogue, open_engine(folder))
        assert update(catalogue, open_engine(folder), rebuild=True) == Updated(papers=2, rebuilt=True)
    assert len([path for path in (folder / "index").iterdir() if path.is_dir()]) == 1


def test_who_finds_it_taken_leaves(folder: Path) -> None:
    import fcntl

    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert update(catalogue, open_engine(folder)) == Updated(left_to_another=True)
        assert update(catalogue, open_engine(folder)).papers == 1


def test_what_comes_meanwhile_is_indexed_too(folder: Path) -> None:
    """A paper that is kept while the feed is drained must not wait for the next run."""
    with Catalogue(folder, write=True) as catalogue, Catalogue(folder, write=True) as crawl:
        catalogue.keep(page(sighting()), AT)
        once = iter([True])

        def progress(done: int, of: int) -> None:
            if next(once, False):
                crawl.keep(page(sighting("2611.00002")), AT)

        assert update(catalogue, open_engine(folder), progress=progress).papers == 2
    assert total(folder) == 2


def test_commits_on_the_way(folder: Path) -> None:
    """Each reading of the clock is a minute later: every batch is committed."""
    minutes = iter(range(0, 10_000, 60))
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(1, 2501))), AT)
        assert update(catalogue, open_engine(folder), clock=lambda: float(next(minutes))).papers == 2500
    state = open_engine(folder).state()
    assert state and (state.cursor, state.documents) == (2500, 2500)


def test_the_worker_process(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "indexer.update", str(folder)], env=os.environ, capture_output=True
        )
        assert (done.returncode, done.stderr) == (0, b"")
    assert total(folder) == 1
    reader = open_engine(folder)
    assert reader.search(Search()).total == 1
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00002")), AT)
    subprocess.run([sys.executable, "-m", "indexer.update", str(folder)], env=os.environ, check=True)
    assert reader.search(Search()).total == 2  # the commit of another process, without a restart
    missing = subprocess.run(
        [sys.executable, "-m", "indexer.update", str(folder / "no")], env=os.environ, capture_output=True, text=True
    )
    assert missing.returncode == 1 and missing.stderr.startswith("paperglot: There is no catalogue")
