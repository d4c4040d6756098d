"""`/alerts`: readers have a search sent by mail, confirm it, and end it again by one click."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, parse_qsl, urlencode

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from delivery.alerts import every, keys, running
from delivery.alerts.confirming import request_message
from delivery.alerts.file import InvalidAlerts, Rhythm
from delivery.alerts.recipients import InvalidRecipient, Recipient, recipient
from delivery.alerts.sending import Postman
from delivery.alerts.settings import ALERTS_LOCK
from delivery.channels.settings import MailSettings
from delivery.digest.gather import Source
from delivery.summary.extract import extracted
from indexer.query.reading import read
from indexer.query.request import from_parameters
from indexer.query.search import DEFAULT_SIZE
from papers import locks
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.outbox import OF_READER, Outbox
from papers.subscribers import Subscribers, Subscription
from search_ui import asked
from search_ui.layout import engine, page, words

router = APIRouter(include_in_schema=False)
# Of a form: an address of mail, a rhythm, and a search.
_LONGEST_BODY = 8_000
# Mails that one visitor can cause to anybody.
QUESTIONS_AN_HOUR = 10
_MOST_UNCONFIRMED, _MOST_OF_ADDRESS, _UNCONFIRMED_FOR = 500, 3, timedelta(days=3)
_TOKEN = re.compile("[0-9a-f]{40}")
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="alerts")
RHYTHMS = (Rhythm.DAY, Rhythm.WEEK)


async def _form(request: Request) -> dict[str, list[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413)
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=100)
    except ValueError as error:  # too many fields
        raise HTTPException(400) from error


Form = Annotated[Mapping[str, list[str]], Depends(_form)]


@router.get("/alerts")
def show(request: Request) -> Response:
    """The form for an alert of the search in the address."""
    _check_allowed(request)
    return _page(request, "form", parameters=_parameters(request, asked.parameters_of(request)))


@router.post("/alerts")
def make(request: Request, form: Form) -> Response:
    """Keep an alert, and ask by mail whether it is wanted."""
    folder = _check_allowed(request)
    parameters = _parameters(request, form)
    rhythm = next(iter(form.get("every", ())), Rhythm.DAY)
    try:
        address = recipient(next(iter(form.get("to", ())), ""))
    except InvalidRecipient:
        address = None
    is_read = not read(dict(parameters).get("q", ""), asked.today(), asked.topics(request).queries).unread
    if address is None or not address.is_mail or rhythm not in RHYTHMS or not parameters or not is_read:
        return _page(request, "form", 400, parameters=parameters, is_wrong=True)
    subscription = Subscription(
        name=f"{OF_READER}{secrets.token_hex(8)}",
        search=urlencode(parameters),
        address=address.address,
        language=words(request).language,
        every=rhythm,
    )
    visitor, _ = request.scope.get("client") or ("", 0)
    if request.app.state.questions.seconds_to_wait(visitor):
        raise HTTPException(429)
    now = utc_now()
    with _open(folder) as (subscribers, outbox):
        for name in subscribers.end_unconfirmed(now - _UNCONFIRMED_FOR):
            outbox.end(name)
        unconfirmed = subscribers.unconfirmed()
        if len(unconfirmed) >= _MOST_UNCONFIRMED:
            raise HTTPException(503)
        # Nobody can be flooded with questions by somebody else; the answer does not say whether this was one more.
        if sum(each.address == address.address for each in unconfirmed) < _MOST_OF_ADDRESS:
            token = keys.confirm_token(_key(folder), subscription.name)
            link = f"{request.app.state.address}/alerts/confirm/{token}"
            message = request_message(subscription, link, asked.topics(request), now)
            subscribers.subscribe(subscription, now)
            outbox.put({message: [address.key]}, subscription.name, (), now)
            # A mail server may take long: the page answers before, and one mail is sent after the other.
            _sender.submit(_send, folder, subscription.name, address, message.id, request.app.state.address)
    return _page(request, "asked", parameters=parameters)


@router.get("/alerts/confirm/{token}")
def confirm_form(request: Request, token: str) -> Response:
    """A button: programs that follow the links of mails must not confirm anything."""
    folder = _check_allowed(request)
    with Subscribers(folder) as subscribers:
        subscription = _subscription(folder, subscribers, token)
    return _page(request, "confirm", parameters=parse_qsl(subscription.search))


@router.post("/alerts/confirm/{token}")
def confirm(request: Request, token: str) -> Response:
    """Begin an alert: what is there from this moment on is new."""
    folder = _check_allowed(request)
    now, topics = utc_now(), asked.topics(request)
    source = Source(engine(request), topics, asked.lexicon(request), folder, now, extracted)
    with _open(folder) as (subscribers, outbox):
        subscription = _subscription(folder, subscribers, token)
        if outbox.state(subscription.name) is None:
            running.begin(source, outbox, every.of_subscription(subscription))
        subscribers.confirm(subscription.name, now)
    return _page(request, "confirmed")


@router.get("/unsubscribe/{token}")
def unsubscribe_form(request: Request, token: str) -> Response:
    """A button, for the same reason; a reader with further alerts can end them all."""
    alert = _subscribed(request, _check_token(request, token), token)
    if alert is None:
        return _page(request, "unsubscribe")
    return _page(request, "unsubscribe", parameters=alert.parameters, count=alert.of_address)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str, form: Form) -> Response:
    """End an alert for one recipient: by the button, or by the one click of a mail program (RFC 8058). With `all`, end
    all alerts that the reader has made.

    An address that has ended its alert already is answered in the same way: mail programs ask twice.
    """
    folder = _check_token(request, token)
    alert = _subscribed(request, folder, token)
    if alert is None:
        return _page(request, "unsubscribed")
    with _open(folder) as (subscribers, outbox):
        if not alert.is_of_reader:
            outbox.unsubscribe(alert.name, alert.recipient.key, utc_now())
            return _page(request, "unsubscribed")
        ended = [alert.name]
        if "all" in form:
            ended += subscribers.end_address(alert.recipient.address)
        subscribers.end(alert.name)
        for name in ended:
            outbox.end(name)
    return _page(request, "unsubscribed", count=alert.of_address - len(set(ended)), is_forgotten=True)


def _folder(request: Request) -> Path:
    folder: Path | None = request.app.state.folder
    if folder is None:
        raise HTTPException(404)
    return folder


def _check_allowed(request: Request) -> Path:
    """The data folder, if readers may make alerts; else there is no such page."""
    if not request.app.state.has_alerts:
        raise HTTPException(404)
    return _folder(request)


@contextmanager
def _open(folder: Path) -> Iterator[tuple[Subscribers, Outbox]]:
    with Catalogue(folder, write=True) as catalogue, Subscribers(folder, write=True) as subscribers:
        yield subscribers, catalogue.outbox


def _parameters(request: Request, values: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The parameters of the search, as an alert keeps them; [] for no search."""
    search = from_parameters(values, topics=asked.topics(request).topics)
    return search.from_start(sort=None, size=DEFAULT_SIZE, languages=()).parameters()


def _key(folder: Path) -> bytes:
    key = keys.key(folder)
    assert key is not None
    return key


def _send(folder: Path, name: str, address: Recipient, message: str, page_address: str) -> None:
    """Send one message. If it cannot be sent now, the next round of alerts tries again."""
    with suppress(PaperglotError), locks.exclusive(folder / ALERTS_LOCK) as is_alone, _open(folder) as (_, outbox):
        if is_alone:
            book, settings = {(name, address.key): address}, MailSettings.load()
            Postman(folder, outbox, book, settings, page_address, utc_now, asked={name}).send_waiting(only=message)


def _subscription(folder: Path, subscribers: Subscribers, token: str) -> Subscription:
    """The subscription that this address confirms, or has confirmed; there is no such page for another token."""
    key = keys.key(folder, make=False)
    for subscription in (*subscribers.unconfirmed(), *subscribers.confirmed()):
        if key and secrets.compare_digest(keys.confirm_token(key, subscription.name), token):
            return subscription
    raise HTTPException(404)


def _check_token(request: Request, token: str) -> Path:
    """The data folder; there is no such page for what cannot be a token."""
    if not _TOKEN.fullmatch(token):
        raise HTTPException(404)
    return _folder(request)


@dataclass(frozen=True, slots=True)
class _Subscribed:
    """An alert that goes to a recipient; `of_address` is how many alerts a reader of this address has made."""

    name: str
    parameters: list[tuple[str, str]]  # of its search
    recipient: Recipient
    is_of_reader: bool
    of_address: int


def _subscribed(request: Request, folder: Path, token: str) -> _Subscribed | None:
    """What a token ends; None where there is nothing to end."""
    key = keys.key(folder, make=False)
    if key is None:
        return None
    with Subscribers(folder) as subscribers:
        subscriptions = subscribers.confirmed()
    of_readers = tuple(map(every.of_subscription, subscriptions))
    try:
        all_alerts = (*of_readers, *every.alerts(folder, asked.topics(request), ()))
    except InvalidAlerts:  # a mistake of the owner's must not keep readers from ending theirs
        all_alerts = of_readers
    for number, alert in enumerate(all_alerts):
        for each in alert.recipients:
            if secrets.compare_digest(keys.unsubscribe_token(key, alert.name, each.key), token):
                count = sum(subscription.address == each.address for subscription in subscriptions)
                return _Subscribed(alert.name, alert.request.parameters(), each, number < len(of_readers), count)
    return None


def _page(
    request: Request,
    state: str,
    status: int = 200,
    *,
    parameters: list[tuple[str, str]] | None = None,
    is_wrong: bool = False,
    count: int = 0,
    is_forgotten: bool = False,
) -> Response:
    return page(
        request, "alerts.html", status, state=state, parameters=parameters or [], rhythms=RHYTHMS, is_wrong=is_wrong,
        count=count, is_forgotten=is_forgotten,
        search=" · ".join(value for _, value in parameters or []),
    )  # fmt: skip
