"""The readers' own database: what it keeps, and that nothing is left of who has gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from papers import store, subscribers
from papers.catalogue import Catalogue
from papers.subscribers import Subscribers, SubscribersUnusable, Subscription
from tests.making import AT

ANNA = Subscription("reader: 1", "q=clocks", "anna@example.org", "en", "day")
BEN = Subscription("reader: 2", "q=clocks", "ben@example.org", "en", "day")


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Subscribers]:
    with Subscribers(tmp_path, write=True) as readers:
        yield readers


def bytes_in(folder: Path) -> bytes:
    """Everything in the files of a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_subscription_is_nothing_before_it_is_confirmed(readers: Subscribers) -> None:
    readers.subscribe(ANNA, AT)
    assert readers.confirmed() == [] and readers.unconfirmed() == [ANNA]
    assert readers.confirm(ANNA.name, AT) and not readers.confirm(BEN.name, AT)
    assert readers.confirmed() == [ANNA] and readers.unconfirmed() == []


def test_one_that_is_not_confirmed_ends_by_itself(readers: Subscribers) -> None:
    readers.subscribe(ANNA, AT)
    assert readers.end_unconfirmed(AT) == [] and readers.unconfirmed() == [ANNA]
    assert readers.end_unconfirmed(AT + timedelta(days=3)) == [ANNA.name] and readers.unconfirmed() == []


def test_an_address_that_is_deleted_is_gone_from_the_files(readers: Subscribers, tmp_path: Path) -> None:
    for number in range(50):  # more than a page of the file
        readers.subscribe(Subscription(f"reader: a{number}", "q=clocks", "anna@example.org", "en", "day"), AT)
        readers.subscribe(Subscription(f"reader: b{number}", "q=clocks", "ben@example.org", "en", "day"), AT)
    assert b"anna@" in bytes_in(tmp_path)
    assert len(readers.end_address("anna@example.org")) == 50
    assert b"anna@" not in bytes_in(tmp_path) and b"ben@" in bytes_in(tmp_path)
    for each in readers.unconfirmed():
        readers.end(each.name)
    assert b"ben@" not in bytes_in(tmp_path)


def test_nobody_else_can_read_it(readers: Subscribers, tmp_path: Path) -> None:
    assert (tmp_path / subscribers.FILE).stat().st_mode & 0o077 == 0


def test_where_there_is_no_file_there_are_no_readers(tmp_path: Path) -> None:
    with Subscribers(tmp_path) as readers:
        assert readers.confirmed() == [] and not (tmp_path / subscribers.FILE).exists()


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / subscribers.FILE).write_bytes(b"no database" * 100)
    with pytest.raises(SubscribersUnusable, match="cannot be used"):
        Subscribers(tmp_path)
    (tmp_path / subscribers.FILE).unlink()
    with sqlite3.connect(tmp_path / subscribers.FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SubscribersUnusable, match="newer Paperglot"):
        Subscribers(tmp_path)


def test_those_of_an_older_catalogue_are_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / store.FILE) as connection:
        for script in store.migrations()[: store.WITHOUT_ADDRESSES - 1]:
            connection.executescript(script.read_text("utf-8"))
        connection.execute("INSERT INTO subscription VALUES ('page-1', 'q=x', 'anna@example.org', 'en', 'day', 1, 2)")
        connection.execute("INSERT INTO subscription VALUES ('page-2', 'q=x', 'ben@example.org', 'en', 'day', 1, NULL)")
        rows = [("page-0123456789abcdef", "hash"), ("page-owners", "hash")]
        connection.executemany("INSERT INTO unsubscribed VALUES (?, ?, 1)", rows)
        connection.execute(f"PRAGMA user_version = {store.WITHOUT_ADDRESSES - 1}")
    with Catalogue(tmp_path, write=True) as catalogue:
        assert catalogue.outbox.unsubscribed("page-owners") and not catalogue.outbox.unsubscribed(rows[0][0])
    with Subscribers(tmp_path) as readers:
        assert [each.address for each in readers.confirmed()] == ["anna@example.org"]
        assert [each.address for each in readers.unconfirmed()] == ["ben@example.org"]
    assert b"anna@" not in (tmp_path / store.FILE).read_bytes()
