"""The owner is told of a run that failed, through the channels of alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from delivery.alerts.recipients import InvalidRecipient, recipient
from delivery.alerts.settings import AlertsSettings
from operate.tell_owner import Owner
from papers.catalogue import Catalogue
from papers.runs import RunOutcome, RunRecord, StepRecord
from tests.making import AT
from tests.receivers import Chat

FAILED = RunRecord(
    number=3, job="daily", due=AT, made_up=0, attempt=1, began=AT, ended=AT, outcome=RunOutcome.FAILED, version="1",
    steps=(StepRecord(name="crawl", began=AT, ended=AT, outcome=RunOutcome.FAILED, reason="the disk is full"),),
)  # fmt: skip


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    yield chat
    chat.stop()


def test_the_owner_is_told_why_a_run_failed(folder: Path, chat: Chat) -> None:
    said: list[str] = []
    owner = Owner(folder, [recipient(f"json://{chat.host}/x")], said.append, lambda: AT)
    owner.begun("daily")
    owner.ended(replace(FAILED, outcome=RunOutcome.OK))
    assert chat.got == []
    owner.ended(FAILED)
    assert "crawl: the disk is full" in chat.text() and "daily failed" in chat.text() and said == []


def test_what_cannot_be_told_waits_for_the_next_round_of_alerts(folder: Path, chat: Chat) -> None:
    said: list[str] = []
    chat.status = 503
    Owner(folder, [recipient(f"json://{chat.host}/x")], said.append, lambda: AT).ended(FAILED)
    assert len(said) == 1 and "could not be sent" in said[0]
    with Catalogue(folder) as catalogue:
        assert len(catalogue.outbox.waiting()) == 1


def test_mail_without_a_server_is_said_and_breaks_nothing(folder: Path) -> None:
    said: list[str] = []
    Owner(folder, [recipient("me@example.org")], said.append, lambda: AT).ended(FAILED)
    assert len(said) == 1 and "[mail] has no server" in said[0]


def test_a_wrong_address_of_the_owner_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_ALERTS_OWNER", "me@example.org, nobody")
    with pytest.raises(InvalidRecipient, match="neither a mail address"):
        AlertsSettings.load()
