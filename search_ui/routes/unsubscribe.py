"""`/unsubscribe`: readers end an alert, or all that they have made, by one click."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from delivery.alerts import every, keys
from delivery.alerts.file import Alert, InvalidAlerts
from delivery.alerts.recipients import Recipient
from papers.calendar import utc_now
from papers.subscribers import Subscribers, Subscription
from search_ui import asked
from search_ui.alerts_pages import Form, alerts_folder, alerts_page, open_books

router = APIRouter(include_in_schema=False)
_TOKEN = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class _Subscribed:
    """An alert that goes to a recipient."""

    name: str
    parameters: list[tuple[str, str]]  # of its search
    recipient: Recipient
    is_of_reader: bool


@router.get("/unsubscribe/{token}")
def unsubscribe_form(request: Request, token: str) -> Response:
    """A button: programs that follow the links of mails must not end anything. A reader can end all alerts, too."""
    folder = _check_token(request, token)
    with Subscribers(folder) as subscribers:
        alert = _subscribed(request, folder, token, subscribers.confirmed())
        count = subscribers.count_of(alert.recipient.address) if alert and alert.is_of_reader else 0
    return alerts_page(request, "unsubscribe", parameters=alert.parameters if alert else None, count=count)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str, form: Form) -> Response:
    """End an alert for one recipient: by the button, or by the one click of a mail program (RFC 8058). With `all`, end
    all alerts that the reader has made.

    What is ended already gets the same status, because mail programs ask twice, and another sentence.
    """
    folder = _check_token(request, token)
    with open_books(folder) as (subscribers, outbox):
        alert = _subscribed(request, folder, token, subscribers.confirmed())
        if alert is None:
            return alerts_page(request, "unknown")
        if not alert.is_of_reader:
            outbox.unsubscribe(alert.name, alert.recipient.key, utc_now())
            return alerts_page(request, "unsubscribed")
        ended = subscribers.end_address(alert.recipient.address) if "all" in form else [alert.name]
        subscribers.end(alert.name)
        for name in ended:
            outbox.end(name)
        count = subscribers.count_of(alert.recipient.address)
    return alerts_page(request, "unsubscribed", count=count, is_forgotten=True)


def _check_token(request: Request, token: str) -> Path:
    """The data folder; there is no such page for what cannot be a token."""
    if not _TOKEN.fullmatch(token):
        raise HTTPException(404)
    return alerts_folder(request)


def _subscribed(
    request: Request, folder: Path, token: str, subscriptions: Sequence[Subscription]
) -> _Subscribed | None:
    """What a token ends; None where there is nothing to end. Raises InvalidAlerts where that cannot be said."""
    key = keys.key(folder, make=False)
    if key is None:
        return None
    of_readers = tuple(map(every.of_subscription, subscriptions))
    problem: InvalidAlerts | None = None
    of_owner: tuple[Alert, ...] = ()
    try:
        of_owner = every.alerts(folder, asked.topics(request), ())
    except InvalidAlerts as error:  # a mistake of the owner's must not keep readers from ending theirs
        problem = error
    for number, alert in enumerate((*of_readers, *of_owner)):
        for each in alert.recipients:
            if secrets.compare_digest(keys.unsubscribe_token(key, alert.name, each.key), token):
                return _Subscribed(alert.name, alert.request.parameters(), each, number < len(of_readers))
    if problem:
        raise problem
    return None
