"""The outbox: what it keeps until it has arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from papers.catalogue import Catalogue
from papers.outbox import Message, Outbox, Subscription
from tests.making import AT

DAY = date(2026, 11, 20)
MESSAGE = Message("m1", "clocks", AT, b"{}")


@pytest.fixture
def outbox(folder: Path) -> Iterator[Outbox]:
    with Catalogue(folder, write=True) as catalogue:
        yield catalogue.outbox


def test_a_message_stays_until_it_has_arrived_everywhere(outbox: Outbox) -> None:
    outbox.begin("clocks", [("1", 0)], AT, None)
    outbox.put({MESSAGE: ["anna", "ben"]}, "clocks", [("2", 0), ("2", 3)], AT, DAY)
    assert outbox.sent("clocks") == {("1", 0), ("2", 0), ("2", 3)} and outbox.told("clocks") == DAY
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
        outbox.put({MESSAGE: ["anna"]}, "clocks", [], AT, None)
    assert len(outbox.waiting()) == 1


def test_who_unsubscribes_gets_nothing_more_of_what_waits(outbox: Outbox) -> None:
    outbox.put({MESSAGE: ["anna", "ben"], Message("m2", "other", AT, b""): ["anna"]}, "clocks", [], AT, None)
    outbox.unsubscribe("clocks", "anna", AT)
    assert [(each.message.id, each.recipient) for each in outbox.waiting()] == [("m1", "ben"), ("m2", "anna")]
    assert outbox.unsubscribed("clocks") == {"anna"} and outbox.unsubscribed("other") == set()


def test_an_alert_begins_once(outbox: Outbox) -> None:
    assert outbox.begun("clocks") is None and outbox.told("clocks") is None
    outbox.begin("clocks", [], AT, DAY)
    outbox.begin("clocks", [], AT + timedelta(days=1), None)
    assert outbox.begun("clocks") == AT and outbox.told("clocks") == DAY


def test_a_subscription_is_nothing_before_it_is_confirmed(outbox: Outbox) -> None:
    subscription = Subscription("page-1", "q=clocks", "a@example.org", "en", "day")
    outbox.subscribe(subscription, AT)
    assert outbox.subscriptions() == [] and outbox.subscriptions(confirmed=False) == [subscription]
    assert outbox.confirm("page-1", AT) and not outbox.confirm("page-2", AT)
    assert outbox.subscriptions() == [subscription] and outbox.subscriptions(confirmed=False) == []
    outbox.end_subscription("page-1")
    assert outbox.subscriptions() == []
