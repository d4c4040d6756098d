"""Alerts: what is new, when it is said, and that nothing is lost on its way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from delivery.alerts import every, keys, running
from delivery.alerts.file import Alert, Empty, InvalidAlerts, Rhythm, load
from delivery.alerts.news import current_day
from delivery.alerts.recipients import recipient
from delivery.alerts.sending import MailMissing, Postman, Sendings
from delivery.channels import chat
from delivery.channels.content import Content, decode
from delivery.channels.mail import Mailer
from delivery.channels.result import Fate, Result
from delivery.channels.settings import MailSettings
from delivery.digest.gather import Source
from delivery.summary.extract import extracted
from indexer import topics
from indexer.documents import Document
from indexer.engines import open_engine
from indexer.lexicon import EMPTY
from indexer.query.request import Request
from papers.catalogue import Catalogue
from papers.outbox import OF_READER, Message, Outbox
from papers.paper import AttemptOutcome
from tests.indexer.contract import fill
from tests.making import attempt, document, listing
from tests.receivers import Chat, Mailbox

# A Friday in the morning: arXiv has announced for that day.
FRIDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)
DAY = FRIDAY.date()


def sleep(seconds: float) -> None:
    """Tests do not wait."""


class World:
    """An index, an outbox, an alert and its receivers; the clock stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chat = Chat()
        self.now = FRIDAY
        self.catalogue = Catalogue(folder, write=True)
        self.outbox: Outbox = self.catalogue.outbox
        self.engine = open_engine(folder)
        self.documents: list[Document] = []
        self.alert = Alert(
            "clocks", Request(text="clocks"), (recipient(f"json://{self.chat.host}/hook"),), "en", every=Rhythm.RUN
        )

    def add(self, *ids: str, **fields: Any) -> None:
        self.documents += [
            document(id, len(self.documents) + number, **{"title": "Sparse clocks", "day": DAY, **fields})
            for number, id in enumerate(ids, 1)
        ]
        fill(self.engine, self.documents)

    def source(self) -> Source:
        return Source(self.engine, topics.load(None, DAY), EMPTY, self.folder, self.now, extracted)

    def round(self, **changes: Any) -> running.Round:
        self.alert = replace(self.alert, **changes)
        (made,) = running.run_all(self.source(), self.outbox, [self.alert], "https://papers.example.org")
        return made

    def send(self) -> Any:
        book, page = every.book([self.alert], (), ()), "https://papers.example.org"
        settings = MailSettings.load()
        postman = Postman(self.folder, self.outbox, book, settings, page, lambda: self.now, may_drop=True, sleep=sleep)
        return postman.send_waiting()

    def ids(self) -> list[str]:
        """The papers that have arrived, as often as they have."""
        return re.findall(r"abs/(\d{4}\.\d{5})", self.chat.text())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "data")
    world.add("2611.00001", "2611.00002")
    yield world
    world.chat.stop()
    world.engine.close()
    world.catalogue.close()


def lines_of(made: running.Round) -> list[str]:
    """The lines of the messages that a round has made."""
    return [line for message in made.messages for line in decode(message.content).text.splitlines()]


def test_what_is_there_at_the_beginning_is_not_new(world: World) -> None:
    assert "2 papers that are there already" in world.round().sentence
    assert world.round().messages == ()
    world.add("2611.00003", title="Other networks")
    assert world.round().messages == ()
    world.add("2611.00004")
    assert "https://arxiv.org/abs/2611.00004" in lines_of(world.round())


def test_a_paper_comes_once(world: World) -> None:
    world.round()
    world.add("2611.00003")
    assert len(world.round().messages) == 1 and world.round().messages == ()
    # A new version of it is nothing new, unless that is asked for.
    world.documents[-1] = replace(world.documents[-1], version=2, updated=FRIDAY)
    world.add("2611.00004", title="Other")
    assert world.round().messages == ()
    assert "https://arxiv.org/abs/2611.00003" in lines_of(world.round(versions=True))
    assert world.round(versions=True).messages == ()


def test_a_paper_of_long_ago_is_not_new(world: World) -> None:
    world.round()
    world.add("2609.00001", day=date(2026, 9, 1))
    assert world.round().messages == ()


def test_many_papers_are_several_messages(world: World) -> None:
    world.round()
    world.add(*(f"2611.{number:05}" for number in range(10, 35)))
    made = world.round(most=10)
    assert (
        len(made.messages) == 3 and len([line for line in lines_of(made) if line.startswith("https://arxiv.org")]) == 25
    )
    assert decode(made.messages[0].content).subject == "clocks · 25 papers (1/3)"


def test_at_most_one_message_a_day(world: World) -> None:
    world.round(every=Rhythm.DAY)
    world.add("2611.00003")
    assert world.round().messages
    world.add("2611.00004")
    assert "of this day" in world.round().sentence
    world.now = FRIDAY + timedelta(days=1)  # the weekend is still Friday's announcement
    assert not world.round().messages
    world.now = FRIDAY + timedelta(days=3)
    assert "https://arxiv.org/abs/2611.00004" in lines_of(world.round())


def test_at_most_one_message_a_week(world: World) -> None:
    world.round(every=Rhythm.WEEK)
    world.add("2611.00003")
    assert world.round().messages
    world.add("2611.00004")
    world.now = FRIDAY + timedelta(days=2)
    assert not world.round().messages
    world.now = FRIDAY + timedelta(days=3)
    assert world.round().messages


def test_an_empty_day_is_silent_or_says_why(world: World) -> None:
    world.round(every=Rhythm.DAY)
    assert world.round().messages == ()
    world.now = datetime(2026, 11, 27, 6, tzinfo=UTC)  # the day after Thanksgiving: arXiv has announced nothing
    assert current_day(world.now) == date(2026, 11, 27)
    quiet = world.round(empty=Empty.SAY_WHY)
    assert any("holiday" in line.lower() for line in lines_of(quiet)), lines_of(quiet)
    assert world.round().messages == ()  # it says so once
    world.now += timedelta(days=3)
    assert "No paper matches this search." in lines_of(world.round())


def test_it_does_not_say_that_nothing_came_before_all_has_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL")
    world.catalogue.note(attempt(AttemptOutcome.REFUSED, FRIDAY, of=listing("cs.CL", DAY)))
    world.round(every=Rhythm.DAY, empty=Empty.SAY_WHY, request=Request(text="bridges"))
    made = world.round()
    assert made.messages == () and "not all of the day is here" in made.sentence


def test_a_message_waits_until_it_can_be_sent(world: World) -> None:
    world.round()
    world.add("2611.00003")
    world.round()
    world.chat.status = 503
    assert world.send().postponed == 1 and world.send().postponed == 0  # not tried again at once
    world.chat.got.clear()
    world.chat.status = 200
    world.now += timedelta(minutes=6)
    assert world.send().sent == 1 and world.ids() == ["2611.00003"] and world.outbox.waiting() == []


def test_a_refused_message_is_tried_again_and_given_up_after_a_week(world: World) -> None:
    world.round()
    world.add("2611.00003")
    world.round()
    world.chat.status = 404
    sendings = [world.send()]
    for _ in range(20):
        world.now += timedelta(hours=13)
        sendings.append(world.send())
    assert sum(each.postponed for each in sendings) > 10 and sum(each.given_up for each in sendings) == 1
    sentences = " ".join(sentence for each in sendings for sentence in each.sentences)
    assert world.outbox.waiting() == [] and "given up after a week" in sentences
    assert "hook" not in sentences  # the address is a secret


def test_the_rest_of_a_long_message_follows_after_a_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.channels.chat._USUAL_BYTES", 300)
    world.round()
    world.add(*(f"2611.{number:05}" for number in range(10, 20)))
    world.round()
    calls: list[str] = []
    send = chat.send

    def falters(address: str, text: str) -> Result:
        calls.append(text)
        return Result(Fate.LATER, "busy") if len(calls) == 2 else send(address, text)

    monkeypatch.setattr("delivery.channels.chat.send", falters)
    assert world.send().postponed == 1
    world.now += timedelta(minutes=6)
    assert world.send().sent == 1
    assert sorted(set(world.ids())) == world.ids() and len(world.ids()) == 10


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["before the outbox", "after the outbox", "before sending", "after sending"])
def test_killed_anywhere_nothing_is_lost(place: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message may come twice, and then it has the same id; a paper that never comes is lost."""
    world.round()
    world.add("2611.00003", "2611.00004")
    targets = {
        "before the outbox": ("papers.outbox.Outbox.put", False),
        "after the outbox": ("papers.outbox.Outbox.put", True),
        "before sending": ("delivery.channels.chat.send", False),
        "after sending": ("delivery.channels.chat.send", True),
    }
    name, is_after = targets[place]
    original: Any = chat.send if name.endswith("send") else Outbox.put

    def dies(*arguments: Any, **options: Any) -> Any:
        if is_after:
            original(*arguments, **options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(name, dies)
        with pytest.raises(Killed):
            world.round()
            world.send()
    world.round()
    world.now += timedelta(minutes=6)
    world.send()
    assert set(world.ids()) == {"2611.00003", "2611.00004"} and world.outbox.waiting() == []


def test_mail_by_a_server_that_is_missing(world: World) -> None:
    world.alert = replace(world.alert, recipients=(recipient("anna@example.org"),))
    with pytest.raises(MailMissing, match=r"\[mail\] has no server"):
        world.send()


def test_a_mail_has_an_address_to_unsubscribe(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(tmp_path)
    settings = {"SERVER": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none", "SENDER": "papers@example.org"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PAPERGLOT_MAIL_{name}", value)
    try:
        anna = recipient("anna@example.org")
        world.round(recipients=(anna,))
        world.add("2611.00003")
        world.round()
        assert world.send().sent == 1
        token = keys.unsubscribe_token(keys.key(world.folder) or b"", "clocks", anna.key)
        assert f"https://papers.example.org/unsubscribe/{token}".encode() in box.mails[0][1]
        assert (world.folder / "alerts.key").stat().st_mode & 0o077 == 0
        world.outbox.unsubscribe("clocks", anna.key, world.now)
        world.add("2611.00004")
        world.round()
        assert world.outbox.waiting() == []
    finally:
        box.stop()


def test_an_alert_that_cannot_look_hinders_no_other(world: World) -> None:
    world.round()
    world.add("2611.00003")
    broken = replace(world.alert, name="broken", request=Request(text="date:foo"))
    first, second = running.run_all(world.source(), world.outbox, [broken, world.alert], "")
    assert first.is_failed and "'date:foo' is not understood" in first.sentence and second.messages


def test_an_alert_with_another_search_begins_anew(world: World) -> None:
    world.round()
    world.add("2611.00003", title="Other networks")
    assert "begins" in world.round(request=Request(text="networks")).sentence
    assert world.round().messages == ()
    world.add("2611.00004", title="More networks")
    assert world.round().messages


def test_a_machine_that_was_off_for_long_misses_nothing(world: World) -> None:
    world.round()
    world.add("2611.00003", day=date(2026, 11, 24))
    world.now += timedelta(days=45)
    assert "https://arxiv.org/abs/2611.00003" in lines_of(world.round())


def test_a_clock_that_was_wrong_once_silences_nothing(world: World) -> None:
    world.round(every=Rhythm.DAY)
    world.outbox.put({}, "clocks", (), world.now, date(2030, 1, 1))
    world.add("2611.00003")
    assert world.round().messages


def test_a_message_whose_alert_cannot_be_read_waits(world: World) -> None:
    world.round()
    world.add("2611.00003")
    world.round()
    postman = Postman(world.folder, world.outbox, {}, MailSettings.load(), "", lambda: world.now)
    assert postman.send_waiting().sent == 0 and len(world.outbox.waiting()) == 1


def test_an_alert_that_speaks_of_empty_days_does_so_once_and_only_of_them(world: World) -> None:
    world.round(every=Rhythm.RUN, empty=Empty.SAY_WHY)
    assert "nothing more of this day" in world.round().sentence  # two papers of this day were there before
    world.now += timedelta(days=3)
    assert len(world.round().messages) == 1 and world.round().messages == ()


def test_a_broken_key_is_made_anew(tmp_path: Path) -> None:
    assert keys.key(tmp_path, make=False) is None
    (tmp_path / "alerts.key").write_text("")
    first = keys.key(tmp_path)
    assert first and len(first) == 32 and keys.key(tmp_path) == first
    assert not list(tmp_path.glob(".alerts.key*"))


def test_a_recipient_who_was_taken_out_gets_nothing(world: World) -> None:
    world.round()
    world.add("2611.00003")
    world.round()
    world.alert = replace(world.alert, recipients=())
    assert world.send().sent == 0 and world.outbox.waiting() == [] and world.chat.got == []


def test_the_file_of_alerts(tmp_path: Path) -> None:
    known = topics.load(None, DAY)
    assert load(tmp_path, known) == ()
    (tmp_path / "alerts.toml").write_text(
        """
[clocks]
search = "https://papers.example.org/?q=sparse+clocks&category=cs.CL&page=2&sort=newest"
to = ["anna@example.org"]
[table]
search = { q = "clocks", topic = ["multimodal"] }
to = ["ntfy://ntfy.example.org/x"]
language = "zh-Hant"
every = "week"
empty = "say why"
versions = true
most = 5
[text]
search = "clocks"
to = ["anna@example.org"]
""",
        "utf-8",
    )
    clocks, table, text = load(tmp_path, known)
    assert clocks.request.parameters() == [("q", "sparse clocks"), ("category", "cs.CL")]
    assert clocks.every is Rhythm.DAY and clocks.empty is Empty.SILENT and text.request == Request(text="clocks")
    assert (table.language, table.every, table.most, table.versions) == ("zh-Hant", Rhythm.WEEK, 5, True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[a", "is no TOML file"),
        ("[a]\nto = ['a@example.org']", "the alert 'a': search"),
        ("[a]\nsearch = 'x'\nto = []", "the alert 'a': to"),
        ("[a]\nsearch = 'x'\nto = ['nobody']", "neither a mail address"),
        ("[a]\nsearch = ''\nto = ['a@example.org']", "needs a search"),
        ("[a]\nsearch = {topic = 'none'}\nto = ['a@example.org']", "cannot be the value of 'topic'"),
        ("[a]\nsearch = {colour = 'red'}\nto = ['a@example.org']", "no parameter 'colour'"),
        ("[a]\nsearch = 'x'\nto = ['a@example.org']\nevery = 'hour'", "the alert 'a': every"),
        ("[a]\nsearch = 'x'\nto = ['a@example.org']\ncolour = 1", "the alert 'a': colour"),
        ("a = 1", "'a' is no alert"),
        ("['../evil']\nsearch = 'x'\nto = ['a@example.org']", "is no alert"),
        ("[a]\nsearch = 'date:foo'\nto = ['a@example.org']", "is not understood"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(content: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(content, "utf-8")
    with pytest.raises(InvalidAlerts, match=sentence):
        load(tmp_path, topics.load(None, DAY))


def sent_with(world: World, monkeypatch: pytest.MonkeyPatch, send: Any) -> Sendings:
    """Two readers get a message each, and `send` stands for the mail server."""
    for name in ("anna", "ben"):
        content = Content(subject="New papers", alert="x", language="en", opening="Papers", blocks=())
        message = Message(f"m-{name}", f"{OF_READER}{name}", FRIDAY, content.encode())
        world.outbox.put({message: [recipient(f"{name}@example.org").key]}, message.alert, (), FRIDAY)
    book = {
        (f"{OF_READER}{name}", each.key): each
        for name in ("anna", "ben")
        for each in (recipient(f"{name}@example.org"),)
    }
    monkeypatch.setattr(Mailer, "send", send)
    settings = MailSettings(server="mail.example.org", sender="papers@example.org")
    return Postman(world.folder, world.outbox, book, settings, "", lambda: world.now).send_waiting()


def test_a_reader_who_leaves_while_others_get_their_mail_gets_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_to: list[str] = []

    def send(mailer: Mailer, mail: Any, address: str) -> Result:
        sent_to.append(address)
        world.outbox.end(f"{OF_READER}ben")
        return Result(Fate.SENT, "")

    assert sent_with(world, monkeypatch, send).sent == 1 and sent_to == ["anna@example.org"]
    assert world.outbox.waiting() == [] and world.outbox.of_readers() == set()


def test_what_a_server_says_of_an_address_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said = sent_with(
        world, monkeypatch, lambda mailer, mail, address: Result(Fate.LATER, f"450 <{address.upper()}>: try later")
    )
    assert [each.reason for each in world.outbox.waiting()] == ["450 <…>: try later"] * 2
    assert "@" not in " ".join(said.sentences) and len(said.sentences) == 2
