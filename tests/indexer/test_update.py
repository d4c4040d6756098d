"""From the change feed into an engine, with the embedded one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engine import IndexWriteFailed
from indexer.engines import open_engine
from indexer.lag import index_lag
from indexer.query.reading import read
from indexer.query.search import Search
from indexer.settings import IndexSettings
from indexer.update import LOCK, PapersAtRisk, UpdateResult, update
from papers import store
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.store import CatalogueLost
from tests.indexer.contract import answers_while
from tests.making import AT, DAY, page, sighting
from tests.processes import AS_ROOT, as_another, open_to_others


def total(folder: Path, text: str = "") -> int:
    return open_engine(folder).search(Search(query=read(text, DAY).query)).total


def test_only_what_changed_is_indexed(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        engine = open_engine(folder)
        catalogue.keep(page(sighting("2611.00001"), sighting("2611.00002")), AT)
        assert update(catalogue, engine) == UpdateResult(papers=2, rebuilt=True)
        assert update(catalogue, engine) == UpdateResult()
        catalogue.keep(page(sighting("2611.00001", title="Changed")), AT.replace(hour=9))
        assert update(catalogue, engine) == UpdateResult(papers=1)
        catalogue.forget(["2611.00002"], "", AT)
        assert update(catalogue, engine) == UpdateResult(deleted=1)
    assert total(folder) == 1 and total(folder, "changed") == 1


def test_an_empty_catalogue_makes_an_empty_index(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        assert update(catalogue, open_engine(folder)) == UpdateResult(rebuilt=True)
        assert update(catalogue, open_engine(folder)) == UpdateResult()
    assert total(folder) == 0


def filled(folder: Path, count: int = 3) -> None:
    """A catalogue and its index in `folder`."""
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{number:05}") for number in range(1, count + 1))), AT)
        update(catalogue, open_engine(folder))


def generations_of(folder: Path) -> list[Path]:
    return [path for path in (folder / "index").iterdir() if path.is_dir()]


def lose_catalogue(folder: Path) -> None:
    for file in folder.glob("catalogue*"):
        file.unlink()


@pytest.mark.parametrize("note", [b"", b"[]", b"5", b"{}", b'{"engine": 1}', b'{"cursor": "x"}'])
def test_a_note_of_the_index_that_is_damaged(note: bytes, folder: Path) -> None:
    filled(folder)
    (folder / store.INDEX_NOTE).write_bytes(note)
    away = open_engine(folder, IndexSettings(engine="elasticsearch", hosts=("http://127.0.0.1:9",)))
    with Catalogue(folder) as catalogue, contextlib.closing(away):
        lag = index_lag(catalogue, away)
    assert lag.error and lag.behind == 3


@pytest.mark.parametrize("how", ["missing", "empty", "log left over"])
def test_a_lost_catalogue_does_not_take_the_index_with_it(how: str, folder: Path) -> None:
    filled(folder)
    lose_catalogue(folder)
    if how == "empty":
        (folder / store.FILE).touch()
    if how == "log left over":
        (folder / store.INDEX_NOTE).unlink()
        (folder / f"{store.FILE}-wal").write_bytes(b"pages")
    for write in (True, False):
        with pytest.raises(CatalogueLost, match=r"put a backup of catalogue\.sqlite in its place"):
            Catalogue(folder, write=write)
    assert total(folder) == 3


def test_a_lost_catalogue_can_be_given_up(folder: Path) -> None:
    filled(folder)
    lose_catalogue(folder)
    store.forget_lost(folder)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(title="Second")), AT)
        for rebuild in (False, True):
            with pytest.raises(PapersAtRisk, match=r"holds 3 papers of another catalogue, written on .* holds 1,"):
                update(catalogue, open_engine(folder), rebuild=rebuild)
        assert index_lag(catalogue, open_engine(folder)).error == "The index was made from another catalogue."
        assert total(folder) == 3
        assert update(catalogue, open_engine(folder), rebuild=True, force=True).rebuilt
    assert total(folder, "second") == 1 and total(folder) == 1


def test_an_index_is_never_replaced_by_an_empty_one(folder: Path, tmp_path: Path) -> None:
    with Catalogue(folder, write=True):
        pass
    shutil.copy(folder / store.FILE, tmp_path / "backup")
    filled(folder)
    lose_catalogue(folder)
    shutil.copy(tmp_path / "backup", folder / store.FILE)
    with Catalogue(folder, write=True) as catalogue, pytest.raises(PapersAtRisk, match="an earlier state"):
        update(catalogue, open_engine(folder))
    assert total(folder) == 3


@pytest.mark.parametrize("grown", [0, 1, 9])
def test_a_backup_that_was_put_back_is_noticed(grown: int, folder: Path, tmp_path: Path) -> None:
    """However far it has grown since: below, at and past the index's cursor."""
    filled(folder)
    shutil.copy(folder / store.FILE, tmp_path / "backup")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00101", title="Forgotten")), AT)
        update(catalogue, open_engine(folder))
    lose_catalogue(folder)
    shutil.copy(tmp_path / "backup", folder / store.FILE)
    with Catalogue(folder, write=True) as catalogue:
        for number in range(grown):
            catalogue.keep(page(sighting(f"2611.{201 + number:05}", title="Grown")), AT)
        assert index_lag(catalogue, open_engine(folder)).error
        result = update(catalogue, open_engine(folder))
        assert result.rebuilt and result.reason and "earlier copy" in result.reason
        assert not index_lag(catalogue, open_engine(folder)).error
    assert (total(folder), total(folder, "forgotten"), total(folder, "grown")) == (3 + grown, 0, grown)


def put(file: Path, content: bytes) -> None:
    """A new file in the place of this one: cut in place, a file that is mapped ends the process that maps it."""
    file.unlink()
    file.write_bytes(content)


def lose_meta(generation: Path) -> None:
    (generation / "meta.json").unlink()


def cut_meta(generation: Path) -> None:
    (generation / "meta.json").write_bytes((generation / "meta.json").read_bytes()[:40])


def cut_segments(generation: Path) -> None:
    for file in generation.glob("*.store"):
        put(file, file.read_bytes()[:-20])


def lose_segments(generation: Path) -> None:
    for file in generation.glob("*.idx"):
        file.unlink()


def flip_texts(generation: Path) -> None:
    for file in generation.glob("*.store"):
        content = file.read_bytes()
        put(file, content[:8] + bytes(byte ^ 0xFF for byte in content[8:60]) + content[60:])


def pointer_of_bytes(generation: Path) -> None:
    (generation.parent / "current").write_bytes(b"\xff\xfe")


def pointer_outside(generation: Path) -> None:
    (generation.parent / "current").write_text("../index")


def pointer_is_folder(generation: Path) -> None:
    (generation.parent / "current").unlink()
    (generation.parent / "current").mkdir()


def state_of_bytes(generation: Path) -> None:
    (generation / "state.json").write_bytes(b"[1, 2")


DAMAGES = [
    lose_meta, cut_meta, cut_segments, lose_segments, flip_texts, pointer_of_bytes, pointer_outside, pointer_is_folder,
    state_of_bytes,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_made_anew(damage: Callable[[Path], None], folder: Path) -> None:
    filled(folder)
    engine = open_engine(folder)
    engine.search(Search())  # one that has it open
    (generation,) = generations_of(folder)
    damage(generation)
    for reader in (engine, open_engine(folder)):
        with contextlib.suppress(PaperglotError):  # and nothing else
            reader.search(Search())
    with Catalogue(folder) as catalogue:
        lag = index_lag(catalogue, open_engine(folder))
        assert lag.error or lag.state is None
        assert update(catalogue, open_engine(folder)).rebuilt
        assert index_lag(catalogue, open_engine(folder)).error is None
    assert total(folder) == 3
    assert engine.search(Search()).total == 3


def test_a_rebuild_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder)

    def full(*arguments: object) -> None:
        raise IndexWriteFailed("no space left")

    with Catalogue(folder) as catalogue, monkeypatch.context() as patched:
        patched.setattr("indexer.engines.embedded.writer.EmbeddedWriter.commit", full)
        with pytest.raises(IndexWriteFailed):
            update(catalogue, open_engine(folder), rebuild=True)
    assert len(generations_of(folder)) == 1
    assert total(folder) == 3


@pytest.mark.slow
def test_searches_do_not_notice_that_the_index_is_swapped(folder: Path) -> None:
    filled(folder)

    def swap() -> None:
        with Catalogue(folder) as catalogue:
            for _ in range(40):
                update(catalogue, open_engine(folder), rebuild=True)

    answers = answers_while(open_engine(folder), swap)
    assert list(answers) == [3], answers
    assert len(generations_of(folder)) == 2


def test_an_older_index_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        update(catalogue, open_engine(folder))
        monkeypatch.setattr("indexer.engines.embedded.generations.SCHEMA", 999)
        result = update(catalogue, open_engine(folder))
        assert (result.papers, result.rebuilt) == (1, True)
        assert result.reason == "The index was made by another version of Paperglot, so it is made anew."


def test_a_lost_index_is_made_anew(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        update(catalogue, open_engine(folder))
        shutil.rmtree(folder / "index")
        assert update(catalogue, open_engine(folder)) == UpdateResult(papers=1, rebuilt=True)


def test_rebuild(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(), sighting("2611.00002")), AT)
        update(catalogue, open_engine(folder))
        assert update(catalogue, open_engine(folder), rebuild=True) == UpdateResult(papers=2, rebuilt=True)
        assert len(generations_of(folder)) == 2  # a search may be about to open the former one
        update(catalogue, open_engine(folder))
    assert len(generations_of(folder)) == 1


def test_who_finds_it_taken_leaves(folder: Path) -> None:
    import fcntl

    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert update(catalogue, open_engine(folder)) == UpdateResult(left_to_another=True)
        assert update(catalogue, open_engine(folder)).papers == 1


def test_what_comes_meanwhile_is_indexed_too(folder: Path) -> None:
    """A paper that is kept while the feed is drained must not wait for the next run."""
    with Catalogue(folder, write=True) as catalogue, Catalogue(folder, write=True) as crawl:
        catalogue.keep(page(sighting()), AT)
        once = iter([True])

        def progress(processed: int, of: int) -> None:
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
        process = subprocess.run([sys.executable, "-m", "cli.app", "index"], env=os.environ, capture_output=True)
        assert (process.returncode, process.stderr) == (0, b"")
    assert total(folder) == 1
    reader = open_engine(folder)
    assert reader.search(Search()).total == 1
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00002")), AT)
    subprocess.run([sys.executable, "-m", "cli.app", "index"], env=os.environ, check=True)
    assert reader.search(Search()).total == 2  # the commit of another process, without a restart


READ = """
import tantivy
from indexer.engines import open_engine
from indexer.engines.embedded import engine
from indexer.query.search import Search
from indexer.lag import index_lag
from papers.catalogue import Catalogue
"""


@AS_ROOT
def test_a_folder_that_is_read_only_is_searched(folder: Path, tmp_path: Path) -> None:
    """By another user, who may not make a lock file there; also after a commit of the one who may."""
    filled(folder)
    open_to_others(folder)
    look = f"""
with Catalogue(Path({str(folder)!r})) as catalogue:
    engine = open_engine(Path({str(folder)!r}))
    print(catalogue.count(), engine.search(Search()).total, index_lag(catalogue, engine).error)
"""
    assert as_another(READ, look) == "3 3 None"
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00077")), AT)
        update(catalogue, open_engine(folder))
    assert as_another(READ, look) == "4 4 None"
