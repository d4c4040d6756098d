"""`/alerts`: readers have a search sent by mail, confirm it, and end it again by one click."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from delivery.alerts import every, keys, running
from delivery.alerts.confirming import request_message
from delivery.alerts.file import Rhythm
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
from papers.errors import PaperglotError
from papers.outbox import OF_READER
from papers.subscribers import Subscribers, Subscription
from search_ui import asked
from search_ui.alerts_pages import RHYTHMS, Form, alerts_folder, alerts_page, open_books
from search_ui.layout import engine, words

router = APIRouter(include_in_schema=False)
# Mails that one visitor can cause to anybody.
QUESTIONS_AN_HOUR = 10
_MOST_UNCONFIRMED = 500
# How long a question waits for a round of alerts to end; after that, the next round sends it.
_SECONDS_FOR_LOCK = 30
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="alerts")


@router.get("/alerts")
def show(request: Request) -> Response:
    """The form for an alert of the search in the address."""
    _check_allowed(request)
    return alerts_page(request, "form", parameters=_parameters(request, asked.parameters_of(request)))


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
        return alerts_page(request, "form", 400, parameters=parameters, is_wrong=True)
    subscription = Subscription(
        name=f"{OF_READER}{secrets.token_hex(8)}",
        search=urlencode(parameters),
        address=address.address,
        language=words(request).language,
        every=rhythm,
    )
    if request.app.state.questions.seconds_to_wait(_network(request)):
        raise HTTPException(429)
    now = utc_now()
    with open_books(folder) as (subscribers, outbox):
        for name in subscribers.end_unconfirmed(now):
            outbox.end(name)
        if len(subscribers.unconfirmed()) >= _MOST_UNCONFIRMED:
            raise HTTPException(503)
        # Nobody can be flooded with questions by somebody else; the answer does not say whether this was one more.
        if subscribers.ask(subscription, now):
            token = keys.confirm_token(_key(folder), subscription.name)
            link = f"{request.app.state.address}/alerts/confirm/{token}"
            message = request_message(subscription, link, asked.topics(request), now)
            outbox.put({message: [address.key]}, subscription.name, (), now)
            # A mail server may take long: the page answers before, and one mail is sent after the other.
            _sender.submit(_send, folder, subscription.name, address, message.id, request.app.state.address)
    return alerts_page(request, "asked", parameters=parameters)


@router.get("/alerts/confirm/{token}")
def confirm_form(request: Request, token: str) -> Response:
    """A button: programs that follow the links of mails must not confirm anything."""
    folder = _check_allowed(request)
    with Subscribers(folder) as subscribers:
        subscription = _subscription(folder, subscribers, token)
    return alerts_page(request, "confirm", parameters=parse_qsl(subscription.search))


@router.post("/alerts/confirm/{token}")
def confirm(request: Request, token: str) -> Response:
    """Begin an alert: what is there from this moment on is new."""
    folder = _check_allowed(request)
    now, topics = utc_now(), asked.topics(request)
    source = Source(engine(request), topics, asked.lexicon(request), folder, now, extracted)
    with Subscribers(folder) as subscribers:
        subscription = _subscription(folder, subscribers, token)
    with open_books(folder) as (subscribers, outbox):
        subscribers.end_unconfirmed(now)
        if not subscribers.confirm(subscription.name, now):
            raise HTTPException(404)
        if outbox.state(subscription.name) is None:
            running.begin(source, outbox, every.of_subscription(subscription))
    return alerts_page(request, "confirmed")


def _check_allowed(request: Request) -> Path:
    """The data folder, if readers may make alerts; else there is no such page."""
    if not request.app.state.has_alerts:
        raise HTTPException(404)
    return alerts_folder(request)


def _network(request: Request) -> str:
    """Who asks: an address, or of IPv6 the network that one household has."""
    visitor, _ = request.scope.get("client") or ("", 0)
    return ":".join(visitor.split(":")[:4]) if ":" in visitor else visitor


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
    lock = locks.exclusive(folder / ALERTS_LOCK, wait=_SECONDS_FOR_LOCK)
    with suppress(PaperglotError), lock as is_alone, open_books(folder) as (_, outbox):
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
