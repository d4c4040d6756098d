"""Opening the catalogue: migrations, and every way in which it cannot be opened."""

import os
import sqlite3
from pathlib import Path

import pytest

from indexer.engines import open_engine
from indexer.query.search import Search
from indexer.update import update
from papers import store
from papers.catalogue import Catalogue
from papers.store import CatalogueMissing, CatalogueUnusable, SchemaMismatch
from tests.making import AT, page, sighting

GOLDEN = Path(__file__).parent.parent / "golden" / "schema"


@pytest.mark.parametrize("number", range(1, len(store.migrations()) + 1))
def test_a_released_schema_never_changes(number: int, tmp_path: Path) -> None:
    """Migration by migration: add one, never edit one. `PAPERGLOT_TEST_ACCEPT=1` writes a new golden file."""
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    for script in store.migrations()[:number]:
        connection.executescript(script.read_text("utf-8"))
    schema = "\n".join(row[0] + ";" for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL"))
    golden = GOLDEN / f"{number:04}.sql"
    if os.environ.get("PAPERGLOT_TEST_ACCEPT") == "1" and not golden.exists():
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(schema + "\n", "utf-8")
    assert schema + "\n" == golden.read_text("utf-8")


def test_every_released_schema_is_brought_up_to_date(folder: Path) -> None:
    for number in range(1, len(store.migrations()) + 1):
        target = folder / str(number)
        target.mkdir(parents=True)
        connection = sqlite3.connect(target / store.FILE)
        for script in store.migrations()[:number]:
            connection.executescript(script.read_text("utf-8"))
        connection.execute(f"PRAGMA user_version = {number}")
        connection.close()
        with Catalogue(target, write=True) as catalogue:
            assert catalogue.keep(page(sighting()), AT).new == 1
            update(catalogue, open_engine(target))
        assert open_engine(target).search(Search()).total == 1


def test_nothing_kept_yet(folder: Path) -> None:
    with pytest.raises(CatalogueMissing, match="'paperglot crawl' or 'paperglot import' makes one"):
        Catalogue(folder)
    assert not folder.exists()


def test_a_newer_schema(folder: Path) -> None:
    Catalogue(folder, write=True).close()
    with sqlite3.connect(folder / store.FILE) as connection:
        connection.execute("PRAGMA user_version = 999")
    for write in (False, True):
        with pytest.raises(SchemaMismatch, match="newer Paperglot"):
            Catalogue(folder, write=write)


def test_an_older_schema_is_not_migrated_by_a_reader(folder: Path) -> None:
    folder.mkdir()
    sqlite3.connect(folder / store.FILE).execute("PRAGMA journal_mode = WAL").connection.close()
    with pytest.raises(SchemaMismatch, match="run 'paperglot index' once"):
        Catalogue(folder)


def test_a_file_that_is_no_database(folder: Path) -> None:
    folder.mkdir()
    (folder / store.FILE).write_bytes(b"not a database, " * 100)
    with pytest.raises(CatalogueUnusable, match="cannot be opened"):
        Catalogue(folder, write=True)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueUnusable, match="cannot be made"):
        Catalogue(tmp_path / "file" / "data", write=True)


def test_a_read_only_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere: the system's answer is played.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(CatalogueUnusable, match="is read-only: make it writable or name another with --data"):
        Catalogue(folder, write=True)


def test_too_little_disk_for_a_migration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    sqlite3.connect(folder / store.FILE).execute("CREATE TABLE x (y)").connection.close()
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("", (), {"free": 10})())
    with pytest.raises(CatalogueUnusable, match="MB of free disk"):
        Catalogue(folder, write=True)


def test_a_full_disk_is_said_and_undoes(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        pages = catalogue._connection.execute("PRAGMA page_count").fetchone()[0]
        catalogue._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        many = page(*(sighting(f"2611.{number:05}", abstract=os.urandom(600).hex()) for number in range(2, 400)))
        with pytest.raises(CatalogueUnusable, match="the disk is full"):
            catalogue.keep(many, AT)
        assert catalogue.count() == 1
        catalogue._connection.execute("PRAGMA max_page_count = 1000000")
        assert catalogue.keep(many, AT).new == 398
