"""The readers' own database: what it keeps, and that nothing is left of who has gone."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from papers import store, subscribers
from papers.catalogue import Catalogue
from papers.subscribers import MOST_ASKED, UNCONFIRMED_FOR, Subscribers, SubscribersUnusable, Subscription
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
    assert readers.ask(ANNA, AT)
    assert readers.confirmed() == [] and readers.unconfirmed() == [ANNA]
    assert readers.confirm(ANNA.name, AT) and not readers.confirm(BEN.name, AT)
    assert readers.confirmed() == [ANNA] and readers.unconfirmed() == []


def test_one_that_is_not_confirmed_ends_by_itself(readers: Subscribers) -> None:
    assert readers.ask(ANNA, AT)
    assert readers.end_unconfirmed(AT + UNCONFIRMED_FOR) == [] and readers.unconfirmed() == [ANNA]
    assert readers.end_unconfirmed(AT + UNCONFIRMED_FOR + timedelta(seconds=1)) == [ANNA.name]
    assert readers.unconfirmed() == []


def test_an_address_is_asked_so_often_at_most(readers: Subscribers) -> None:
    asked = [readers.ask(replace(ANNA, name=f"reader: {number}"), AT) for number in range(MOST_ASKED + 1)]
    assert asked == [True] * MOST_ASKED + [False] and readers.ask(replace(BEN, name="reader: b"), AT)
    assert readers.confirm("reader: 0", AT) and readers.ask(replace(ANNA, name="reader: new"), AT)
    assert readers.count_of(ANNA.address) == MOST_ASKED + 1 and readers.count_of("nobody@example.org") == 0


def test_an_address_that_is_deleted_is_gone_from_the_files(readers: Subscribers, tmp_path: Path) -> None:
    """Also where rows of many sizes have moved from page to page."""
    chance = random.Random(2)
    names = [f"reader: {number:03}" for number in range(400)]
    for name in chance.sample(names, len(names)):
        address = f"{name.removeprefix('reader: ')}-gone@example.org"
        readers.ask(Subscription(name, "q=" + "x" * chance.randrange(900), address, "en", "day"), AT)
        readers.confirm(name, AT)
    assert b"017-gone@" in bytes_in(tmp_path)
    for name in chance.sample(names, 40):
        readers.end(name)
        assert f"{name.removeprefix('reader: ')}-gone@".encode() not in bytes_in(tmp_path)
    for each in readers.confirmed():
        readers.end_address(each.address)
    assert b"-gone@" not in bytes_in(tmp_path) and readers.confirmed() == []


def test_nobody_else_can_read_it(readers: Subscribers, tmp_path: Path) -> None:
    assert (tmp_path / subscribers.FILE).stat().st_mode & 0o077 == 0


def test_where_there_is_no_file_there_are_no_readers(tmp_path: Path) -> None:
    with Subscribers(tmp_path) as readers:
        assert readers.confirmed() == [] and not (tmp_path / subscribers.FILE).exists()


def test_a_file_that_was_only_begun_has_no_readers(tmp_path: Path) -> None:
    (tmp_path / subscribers.FILE).touch()
    with Subscribers(tmp_path) as readers:
        assert readers.confirmed() == []


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
