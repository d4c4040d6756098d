"""Backup and restore: whole or not at all, beside a crawl, without secrets and without what was forgotten."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.engines import open_engine
from indexer.lag import index_lag
from indexer.query.search import Search
from indexer.update import update
from operate.backup import SETTINGS, AlreadyThere, BackupFailed, Busy, addresses_beside, back_up, restore
from operate.doctor import examine
from operate.settings import check_all
from papers import locks, store, subscribers
from papers.catalogue import Catalogue
from papers.outbox import Message
from papers.store import FILE
from papers.subscribers import Subscribers, Subscription
from tests.cli.test_cli import paperglot
from tests.making import AT, page, sighting
from tests.processes import at as run_at

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def fill(folder: Path, first: int, count: int) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(first, first + count))), AT)


def ids(folder: Path) -> set[str]:
    with Catalogue(folder) as catalogue:
        return {paper.id for paper in catalogue.papers()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.paperglot"


def test_there_and_back(folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text('[crawl]\ncontact = "a@example.org"\n[index]\n  api_key="hush"\n', "utf-8")
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(settings))
    fill(folder, 1, 5)
    assert back_up(folder, file, NOW) == file.stat().st_size
    assert b"hush" not in file.read_bytes()
    fill(folder, 6, 5)
    with Catalogue(folder, write=True) as catalogue:
        engine = open_engine(folder)
        update(catalogue, engine)
        catalogue.forget(["2611.00002"], "asked for", NOW)
        former = catalogue.epoch
    former_file = restore(folder, file, NOW)
    assert former_file and former_file.name == "catalogue-before-20261125-120000.sqlite"
    assert ids(folder) == {f"2611.{n:05}" for n in (1, 3, 4, 5)}
    assert 'contact = "a@example.org"' in (folder / SETTINGS).read_text()
    with Catalogue(folder, write=True) as catalogue:
        assert catalogue.epoch != former and former in catalogue.former_epochs
        assert [entry.reason for entry in catalogue.forgotten()] == ["asked for"]
        # Its own former index is made anew without a question.
        assert (index_lag(catalogue, engine).error or "").startswith("The index was made from a later state")
        assert update(catalogue, engine).rebuilt
    assert engine.search(Search()).total == 4
    with closing(sqlite3.connect(former_file)) as connection:
        assert connection.execute("SELECT count(*) FROM paper WHERE merged IS NOT NULL").fetchone() == (9,)


@pytest.mark.parametrize(
    "lines",
    [
        '[index]\napi_key = "hush"',
        '[index]\n"api_key" = "hush"',
        '[index]\napi_key = """\nhush"""',
        'index.api_key = "hush"',
        'index = { api_key = "hush", shards = 1 }',
        '[index]\n# api_key = "hush"\nshards = 1',
        '[index]\nhosts = "https://elastic:hush@example.org:9200"',
        '[index]\nhosts = ["http://127.0.0.1:9200", "https://elastic:hush@example.org"]',
        '[crawl.sites.arxiv]\nurl = "https://me:hush@example.org/arxiv"',
        '[page]\nkibana = "https://hush@example.org"',
        '[schedule]\nping = "https://example.org/hush"',
    ],
)
def test_no_secret_is_in_a_backup(
    lines: str, folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text(f"{lines}\n[log]\naccess = true\n" if "[" in lines else f"{lines}\nlog.access = true\n")
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(settings))
    fill(folder, 1, 1)
    back_up(folder, file, NOW)
    restore(folder, file, NOW)
    restored = (folder / SETTINGS).read_text()
    assert "hush" not in restored and b"hush" not in file.read_bytes()
    assert tomllib.loads(restored)["log"] == {"access": True}
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(folder / SETTINGS))
    check_all()


def test_a_restored_backup_can_be_backed_up_and_restored_again(folder: Path, file: Path, tmp_path: Path) -> None:
    fill(folder, 1, 3)
    back_up(folder, file, NOW)
    restore(folder, file, NOW)
    second = tmp_path / "second"
    back_up(folder, second, NOW)
    elsewhere = tmp_path / "elsewhere"
    assert restore(elsewhere, second, NOW) is None and ids(elsewhere) == ids(folder)
    with Catalogue(elsewhere) as catalogue:
        assert len(catalogue.former_epochs) == 2


def test_what_is_no_backup(folder: Path, file: Path, tmp_path: Path) -> None:
    fill(folder, 1, 3)
    file.write_bytes(b"there already")
    with pytest.raises(AlreadyThere, match="name a new file"):
        back_up(folder, file, NOW)
    with pytest.raises(BackupFailed, match="is no backup of Paperglot's"):
        restore(folder, file, NOW)
    file.unlink()
    back_up(folder, file, NOW)
    damaged = tmp_path / "damaged"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    damaged.write_bytes(content)
    with pytest.raises(BackupFailed, match=r"is damaged|is no backup"):
        restore(folder, damaged, NOW)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(BackupFailed, match="made by a newer Paperglot"):
        restore(folder, file, NOW)
    assert len(ids(folder)) == 3
    with pytest.raises(BackupFailed, match="cannot be written: its folder is not there"):
        back_up(folder, tmp_path / "nowhere" / "x", NOW)


def test_nothing_is_restored_while_something_runs(folder: Path, file: Path) -> None:
    fill(folder, 1, 3)
    back_up(folder, file, NOW)
    with locks.held(folder / locks.RUN, "paperglot crawl", NOW), pytest.raises(Busy, match="A run is going on"):
        restore(folder, file, NOW)
    with locks.exclusive(folder / "index.lock"), pytest.raises(Busy, match=r"index\.lock"):
        restore(folder, file, NOW)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00009")), AT)
        changes = catalogue._connection.execute("SELECT * FROM paper")
        changes.fetchone()  # a reader that keeps its snapshot while others write
        fill(folder, 20, 1)
        with pytest.raises(Busy, match="stop the page"):
            restore(folder, file, NOW)
        changes.close()
    assert restore(folder, file, NOW) and len(ids(folder)) == 3
    process = paperglot("restore", str(file))
    assert process.returncode == 0 and "The former catalogue is kept as" in process.stdout


def test_a_crawl_goes_on_beside_a_backup(folder: Path, file: Path) -> None:
    fill(folder, 1, 2000)
    waits: list[float] = []
    ended = threading.Event()

    def crawl() -> None:
        number = 50_000
        with Catalogue(folder, write=True) as catalogue:
            while not ended.is_set():
                begun = time.monotonic()
                catalogue.keep(page(sighting(f"2611.{number:05}")), AT)
                waits.append(time.monotonic() - begun)
                number += 1

    crawling = threading.Thread(target=crawl)
    crawling.start()
    try:
        for number in range(5):
            back_up(folder, file.with_name(f"backup-{number}"), NOW)
    finally:
        ended.set()
        crawling.join()
    assert len(waits) > 5
    with closing(sqlite3.connect(file.with_name("backup-4"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _killed(command: Callable[[], subprocess.Popen[bytes]], seconds: float) -> None:
    process = command()
    time.sleep(seconds)
    process.kill()
    process.wait()


@pytest.mark.slow
def test_killed_at_any_moment_a_backup_is_whole_or_not_there(folder: Path, file: Path) -> None:
    fill(folder, 1, 3000)
    chance = random.Random(3)
    code = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path; from operate.backup import back_up\n"
        "print('ready', flush=True); back_up(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))"
    )
    for number in range(12):
        to = file.with_name(f"backup-{number}")
        process = subprocess.Popen([sys.executable, "-c", code, str(folder), str(to)], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        _killed(lambda process=process: process, chance.uniform(0, 0.12))  # type: ignore[misc]
        process.stdout.close()
        if to.exists():
            with closing(sqlite3.connect(to)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert connection.execute("SELECT count(*) FROM paper").fetchone() == (3000,)


@pytest.mark.slow
def test_killed_at_any_moment_a_restore_leaves_one_catalogue_or_the_other(
    folder: Path, file: Path, tmp_path: Path
) -> None:
    fill(folder, 1, 1500)
    back_up(folder, file, NOW)
    fill(folder, 1501, 500)
    chance = random.Random(5)
    code = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path; from operate.backup import restore\n"
        "print('ready', flush=True); restore(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))"
    )
    counts = set()
    for number in range(12):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(folder, copy)
        process = subprocess.Popen([sys.executable, "-c", code, str(copy), str(file)], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        _killed(lambda process=process: process, chance.uniform(0, 0.25))  # type: ignore[misc]
        process.stdout.close()
        with closing(sqlite3.connect(copy / FILE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts.add(len(ids(copy)))
        restore(copy, file, NOW.replace(second=number))
        assert len(ids(copy)) == 1500
    assert counts <= {1500, 2000}


def test_the_doctor_says_what_is_fine_and_what_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {check.name: check for check in examine(folder)}
    assert not checks["contact"].fine and "arXiv asks crawlers for a contact" in checks["contact"].sentence
    assert not checks["catalogue"].fine and checks["settings"].fine
    assert checks["models"].fine and "Nothing is translated" in checks["models"].sentence  # a choice, and no fault
    monkeypatch.setenv("PAPERGLOT_CRAWL_CONTACT", "a@example.org")
    fill(folder, 1, 3)
    checks = {check.name: check for check in examine(folder)}
    assert checks["catalogue"].sentence == "3 papers." and checks["index missing"].fine is False
    process = run_at("2026-11-21T09:00:00+00:00", "paperglot", "doctor")
    assert process.returncode == 1 and "ok   contact" in process.stdout and "BAD  index missing" in process.stdout
    monkeypatch.setenv("PAPERGLOT_INDEX_ENGINE", "elasticsearch")
    monkeypatch.setenv("PAPERGLOT_INDEX_HOSTS", "http://127.0.0.1:9")
    checks = {check.name: check for check in examine(folder)}
    assert "cannot be reached" in checks["search engine"].sentence


def test_what_readers_have_ended_stays_ended_after_a_restore(folder: Path, tmp_path: Path) -> None:
    """And what was sent since the backup is not sent again."""
    subscription = Subscription("reader: 1", "q=clocks", "a@example.org", "en", "day")
    with Catalogue(folder, write=True) as catalogue, Subscribers(folder, write=True) as readers:
        readers.ask(subscription, AT)
        readers.confirm("reader: 1", AT)
        catalogue.outbox.begin("clocks", "q=clocks", [("1", 0)], AT)
    backup = tmp_path / "backup.sqlite"
    back_up(folder, backup, AT)
    assert b"a@example.org" not in backup.read_bytes()
    assert addresses_beside(backup).stat().st_mode & 0o077 == 0
    with pytest.raises(AlreadyThere, match=r"subscribers\.sqlite is there already"):
        backup.unlink()
        back_up(folder, backup, AT)
    addresses_beside(backup).unlink()
    back_up(folder, backup, AT)
    with Catalogue(folder, write=True) as catalogue, Subscribers(folder, write=True) as readers:
        outbox = catalogue.outbox
        outbox.put({Message("m", "clocks", AT, b""): ["anna"]}, "clocks", [("2", 0)], AT, AT.date())
        outbox.unsubscribe("clocks", "ben", AT)
        readers.end("reader: 1")
    restore(folder, backup, AT)
    with Catalogue(folder) as catalogue, Subscribers(folder) as readers:
        outbox = catalogue.outbox
        assert outbox.sent("clocks") == {("1", 0), ("2", 0)} and outbox.unsubscribed("clocks") == {"ben"}
        assert readers.confirmed() == [] and len(outbox.waiting()) == 1
    # On another machine there is nothing later: what the backup has comes back.
    other = tmp_path / "other"
    restore(other, backup, AT)
    with Catalogue(other) as catalogue, Subscribers(other) as readers:
        assert readers.confirmed() == [subscription] and catalogue.outbox.sent("clocks") == {("1", 0)}
    assert (other / subscribers.FILE).stat().st_mode & 0o077 == 0


def as_it_was_with_addresses(folder: Path, *addresses: str) -> None:
    """Make a catalogue of the last schema that held the readers' addresses."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        for script in store.migrations()[: store.WITHOUT_ADDRESSES - 1]:
            connection.executescript(script.read_text("utf-8"))
        for number, address in enumerate(addresses):
            row = (f"page-{number}", "q=x", address, "en", "day", 1, 2)
            connection.execute("INSERT INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute(f"PRAGMA user_version = {store.WITHOUT_ADDRESSES - 1}")


def test_a_restore_over_a_catalogue_that_holds_addresses(tmp_path: Path) -> None:
    """Anna has left since the backup, and Ben has come: only what is there now counts."""
    then, now = tmp_path / "then", tmp_path / "now"
    as_it_was_with_addresses(then, "anna@example.org")
    as_it_was_with_addresses(now, "ben@example.org")
    former = restore(now, then / FILE, AT)
    with Subscribers(now) as readers:
        assert [each.address for each in readers.confirmed()] == ["ben@example.org"]
    assert former and b"ben@" not in former.read_bytes() and b"anna@" not in (now / FILE).read_bytes()
    restore(tmp_path / "new", then / FILE, AT)
    with Subscribers(tmp_path / "new") as readers:
        assert [each.address for each in readers.confirmed()] == ["anna@example.org"]


def test_a_damaged_catalogue_can_be_replaced(folder: Path, tmp_path: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.outbox.begin("clocks", "q=clocks", [(f"26{number:07}", 0) for number in range(5_000)], AT)
    backup = tmp_path / "backup.sqlite"
    back_up(folder, backup, AT)
    content = bytearray((folder / FILE).read_bytes())
    for start in range(4096 * 40, len(content) - 4096, 4096):
        content[start : start + 2000] = b"\xff" * 2000
    (folder / FILE).write_bytes(content)
    with pytest.raises(sqlite3.DatabaseError), Catalogue(folder) as catalogue:
        catalogue.outbox.sent("clocks")
    restore(folder, backup, AT)
    with Catalogue(folder) as catalogue:
        assert len(catalogue.outbox.sent("clocks")) == 5_000


def test_addresses_that_are_damaged_are_not_restored(folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with Catalogue(folder, write=True), Subscribers(folder, write=True) as readers:
        readers.ask(Subscription("reader: 1", "q=clocks", "a@example.org", "en", "day"), AT)
    back_up(folder, backup, AT)
    addresses_beside(backup).write_bytes(addresses_beside(backup).read_bytes()[:5000])
    with pytest.raises(subscribers.SubscribersUnusable, match="cannot be used"):
        restore(tmp_path / "other", backup, AT)
    assert not (tmp_path / "other" / FILE).exists()
