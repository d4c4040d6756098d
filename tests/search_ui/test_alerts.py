"""Alerts by mail that readers of the page make: asked for, confirmed, ended."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from delivery.alerts import keys
from delivery.alerts.recipients import recipient
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.subscribers import Subscribers, Subscription
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import document
from tests.papers.test_subscribers import bytes_in
from tests.processes import wait_until
from tests.receivers import Mailbox

SEARCH = "q=clocks&category=cs.CL"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox(tmp_path)
    settings = {"SERVER": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none", "SENDER": "papers@example.org"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PAPERGLOT_MAIL_{name}", value)
    monkeypatch.setenv("PAPERGLOT_ALERTS_FROM_PAGE", "true")
    yield box
    box.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    Catalogue(folder, write=True).close()
    fill(open_engine(folder), [document(title="Sparse clocks", categories=("cs.CL",))])
    return folder


def client(folder: Path, **settings: object) -> TestClient:
    page = PageSettings.load(**{"address": "https://papers.example.org", **settings})
    return TestClient(application(open_engine(folder), page, folder))


def last_link(box: Mailbox) -> str:
    """The path of the address in the last mail."""
    text = message_from_bytes(box.mails[-1][1], policy=default).get_body(("plain",)).get_content()
    return re.search(r"https://papers\.example\.org(/\S+)", text)[1]  # type: ignore[index]


def test_an_alert_is_asked_for_confirmed_and_ended(mailbox: Mailbox, folder: Path) -> None:
    page = client(folder)
    assert "/alerts?q=clocks" in page.get(f"/?{SEARCH}").text
    assert "clocks · cs.CL" in page.get(f"/alerts?{SEARCH}").text
    form = {"to": "anna@example.org", "every": "week", "q": "clocks", "category": "cs.CL"}
    assert "on its way" in page.post("/alerts", data=form).text
    wait_until(lambda: bool(mailbox.mails))
    assert confirmed(folder) == []
    link = last_link(mailbox)
    assert mailbox.mails[-1][0] == ["anna@example.org"]
    assert "Yes, send them" in page.get(link).text and "clocks · cs.CL" in page.get(link).text
    assert confirmed(folder) == []  # a program that follows links confirms nothing
    assert "has begun" in page.post(link).text
    (subscription,) = confirmed(folder)
    assert subscription.search == SEARCH and (subscription.every, subscription.language) == ("week", "en")
    unsubscribe = unsubscribe_path(folder)
    assert "Unsubscribe" in page.get(unsubscribe).text and "clocks · cs.CL" in page.get(unsubscribe).text
    assert confirmed(folder) == [subscription]
    # As a mail program does it: one click, no password, no cookie.
    closed = client(folder, password="secret")
    assert closed.get("/").status_code == 401
    assert closed.post(unsubscribe, content=b"List-Unsubscribe=One-Click").status_code == 200
    assert confirmed(folder) == []
    again = page.post(unsubscribe)  # mail programs ask twice
    assert again.status_code == 200 and "This address ends no alert" in again.text
    assert page.post(link).status_code == 404


def confirmed(folder: Path) -> list[Subscription]:
    with Subscribers(folder) as subscribers:
        return subscribers.confirmed()


def subscribe(page: TestClient, mailbox: Mailbox, address: str, text: str) -> None:
    """Ask for an alert, and follow the link of the mail."""
    count = len(mailbox.mails)
    page.post("/alerts", data={"to": address, "every": "day", "q": text})
    wait_until(lambda: len(mailbox.mails) > count)
    assert "has begun" in page.post(last_link(mailbox)).text


def test_a_reader_who_leaves_is_forgotten(mailbox: Mailbox, folder: Path) -> None:
    page = client(folder)
    for address, text in (
        ("anna@example.org", "clocks"),
        ("anna@example.org", "sparse"),
        ("ben@example.org", "clocks"),
    ):
        subscribe(page, mailbox, address, text)
    assert [each.address for each in confirmed(folder)] == ["anna@example.org", "anna@example.org", "ben@example.org"]
    key = recipient("anna@example.org").key
    assert b"anna@" in bytes_in(folder) and b"anna@" not in (folder / "catalogue.sqlite").read_bytes()
    first = unsubscribe_path(folder)
    assert "End all 2 alerts of this address" in page.get(first).text
    answer = page.post(first).text
    assert "no more mails of this alert" in answer and "1 further alert goes to your address." in answer
    assert page.get(unsubscribe_path(folder)).text.count("<button") == page.get(first).text.count("<button")
    subscribe(page, mailbox, "anna@example.org", "clocks again")
    page.post("/alerts", data={"to": "anna@example.org", "every": "day", "q": "not confirmed"})
    assert "Your address has been deleted." in page.post(unsubscribe_path(folder), data={"all": "1"}).text
    assert [each.address for each in confirmed(folder)] == ["ben@example.org"]
    assert b"anna@" not in bytes_in(folder) and key.encode() not in bytes_in(folder)


def test_the_owners_alerts_are_ended_for_one_reader_only(mailbox: Mailbox, folder: Path) -> None:
    addresses = ["anna@example.org", "ben@example.org"]
    (folder / "alerts.toml").write_text(f'[page-1]\nsearch = "clocks"\nto = {addresses}\n', "utf-8")
    token = keys.unsubscribe_token(keys.key(folder) or b"", "page-1", recipient(addresses[0]).key)
    assert (
        "You get no more mails of this alert." in client(folder).post(f"/unsubscribe/{token}", data={"all": "1"}).text
    )
    with Catalogue(folder) as catalogue:
        assert catalogue.outbox.unsubscribed("page-1") == {recipient(addresses[0]).key}


def test_what_is_asked_for_too_long_ago_cannot_be_confirmed(mailbox: Mailbox, folder: Path) -> None:
    page = client(folder)
    page.post("/alerts", data={"to": "anna@example.org", "every": "day", "q": "clocks"})
    wait_until(lambda: bool(mailbox.mails))
    with sqlite3.connect(folder / "subscribers.sqlite") as connection:
        connection.execute("UPDATE subscription SET at = at - ?", (4 * 86_400_000_000,))
    assert page.post(last_link(mailbox)).status_code == 404 and confirmed(folder) == []
    assert b"anna@" not in bytes_in(folder)


def test_a_mistake_of_the_owner_is_no_end_of_an_alert(mailbox: Mailbox, folder: Path) -> None:
    (folder / "alerts.toml").write_text("no table", "utf-8")
    keys.key(folder)
    answer = client(folder).post(f"/unsubscribe/{'0' * 40}")
    assert answer.status_code >= 400 and "no more mails" not in answer.text


def test_a_question_repeats_no_address_of_a_stranger(mailbox: Mailbox, folder: Path) -> None:
    text = "Your account is locked, visit https://evil.example/login or evil.example " + "x" * 900
    client(folder).post("/alerts", data={"to": "anna@example.org", "every": "day", "q": text, "category": "cs.CL"})
    wait_until(lambda: bool(mailbox.mails))
    mail = message_from_bytes(mailbox.mails[-1][1], policy=default)
    assert mail["subject"] == "Please confirm an alert for new papers"
    body = mail.get_body(("plain",)).get_content()
    assert "evil" not in body and "account is locked" in body and "x" * 100 not in body


def unsubscribe_path(folder: Path) -> str:
    subscription = confirmed(folder)[0]
    token = keys.unsubscribe_token(keys.key(folder) or b"", subscription.name, recipient("anna@example.org").key)
    return f"/unsubscribe/{token}"


@pytest.mark.parametrize(
    "form",
    [
        {"to": "nobody", "every": "day", "q": "clocks"},
        {"to": "ntfy://example.org/x", "every": "day", "q": "clocks"},
        {"to": "anna@example.org", "every": "hour", "q": "clocks"},
        {"to": "anna@example.org", "every": "day"},
        {"to": "anna@example.org", "every": "day", "languages": "en"},
        {"to": "anna@example.org", "every": "day", "q": "date:foo"},
        {"to": "http://[bad", "every": "day", "q": "clocks"},
        {},
    ],
)
def test_what_cannot_be_an_alert_is_said(form: dict[str, str], mailbox: Mailbox, folder: Path) -> None:
    answer = client(folder).post("/alerts", data=form)
    assert answer.status_code == 400 and "A mail address is needed, and a search." in answer.text and not mailbox.mails


def test_nobody_can_be_flooded_with_questions(mailbox: Mailbox, folder: Path) -> None:
    page = client(folder)
    for number in range(6):
        answer = page.post("/alerts", data={"to": "anna@example.org", "every": "day", "q": f"clocks {number}"})
        assert answer.status_code == 200
    wait_until(lambda: len(mailbox.mails) == 3)
    assert page.post("/alerts", content=b"x" * 20_000).status_code == 413
    statuses = [
        page.post("/alerts", data={"to": f"{number}@example.org", "every": "day", "q": "clocks"}).status_code
        for number in range(6)
    ]
    assert statuses == [200] * 4 + [429] * 2  # one visitor can ask ten times an hour


def test_there_are_none_where_the_owner_does_not_allow_them(
    mailbox: Mailbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERGLOT_ALERTS_FROM_PAGE", "false")
    page = client(folder)
    assert page.get("/alerts?q=clocks").status_code == 404 and "/alerts?" not in page.get("/?q=clocks").text
    assert page.post("/alerts", data={"to": "a@example.org", "q": "x"}).status_code == 404
    assert page.get("/unsubscribe/none").status_code == 404 and page.get("/alerts/confirm/none").status_code == 404
