"""The outbox: what it keeps until it has arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from papers.catalogue import Catalogue
from papers.outbox import KEPT_MARKS, OF_READER, AlertState, Message, Outbox
from tests.making import AT

DAY = date(2026, 11, 20)
MESSAGE = Message("m1", "clocks", AT, b"{}")


@pytest.fixture
def outbox(folder: Path) -> Iterator[Outbox]:
    with Catalogue(folder, write=True) as catalogue:
        yield catalogue.outbox


def test_a_message_stays_until_it_has_arrived_everywhere(outbox: Outbox) -> None:
    outbox.begin("clocks", "q=clocks", [("1", 0)], AT)
    outbox.put({MESSAGE: ["anna", "ben"]}, "clocks", [("2", 0), ("2", 3)], AT, DAY)
    assert outbox.sent("clocks") == {("1", 0), ("2", 0), ("2", 3)} and outbox.state("clocks") == AlertState(
        "q=clocks", AT, DAY
    )
    first, second = outbox.waiting(AT)
    outbox.drop(first)
    outbox.arrived_in_part(second, 2)
    outbox.failed(second, AT + timedelta(hours=1), "busy")
    assert outbox.waiting(AT) == []
    (left,) = outbox.waiting()
    assert (left.recipient, left.pieces, left.tries, left.reason) == ("ben", 2, 1, "busy") and left.message == MESSAGE
    outbox.drop(left)
    assert outbox.waiting() == []


def test_the_same_message_is_put_once(outbox: Outbox) -> None:
    for _ in range(2):
        outbox.put({MESSAGE: ["anna"]}, "clocks", [], AT)
    assert len(outbox.waiting()) == 1


def test_who_unsubscribes_gets_nothing_more_of_what_waits(outbox: Outbox) -> None:
    outbox.put({MESSAGE: ["anna", "ben"], Message("m2", "other", AT, b""): ["anna"]}, "clocks", [], AT)
    outbox.unsubscribe("clocks", "anna", AT)
    assert [(each.message.id, each.recipient) for each in outbox.waiting()] == [("m1", "ben"), ("m2", "anna")]
    assert outbox.unsubscribed("clocks") == {"anna"} and outbox.unsubscribed("other") == set()


def test_an_alert_whose_search_changes_begins_anew(outbox: Outbox) -> None:
    assert outbox.state("clocks") is None
    outbox.begin("clocks", "q=clocks", [("1", 0)], AT)
    outbox.put({}, "clocks", [], AT, DAY)
    outbox.begin("clocks", "q=other", [("2", 0)], AT + timedelta(days=1))
    assert outbox.state("clocks") == AlertState("q=other", AT + timedelta(days=1), DAY)
    assert outbox.sent("clocks") == {("1", 0), ("2", 0)}


def test_marks_are_forgotten_when_nothing_asks_for_them_any_more(outbox: Outbox) -> None:
    outbox.begin("clocks", "q=clocks", [("1", 0)], AT)
    outbox.put({}, "clocks", [("2", 0)], AT + KEPT_MARKS + timedelta(days=1))
    assert outbox.sent("clocks") == {("2", 0)}


def test_nothing_is_left_of_an_alert_that_its_reader_has_ended(outbox: Outbox) -> None:
    name = f"{OF_READER}1"
    outbox.begin(name, "q=clocks", [("1", 0)], AT)
    outbox.put({Message("m1", name, AT, b""): ["anna"]}, name, [], AT)
    outbox.begin("clocks", "q=clocks", [], AT)
    assert outbox.of_readers() == {name}
    outbox.end(name)
    assert outbox.state(name) is None and outbox.waiting() == [] and outbox.sent(name) == set()
    assert outbox.of_readers() == set() and outbox.state("clocks")
