"""`/alerts`: readers have a search sent by mail, confirm it, and end it again by one click."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from delivery.alerts import every
from delivery.alerts.confirming import confirm_token, request_message
from delivery.alerts.file import Rhythm
from delivery.alerts.recipients import InvalidRecipient, Recipient, recipient
from delivery.alerts.sending import Postman, unsubscribe_key, unsubscribe_token
from delivery.channels.settings import MailSettings
from indexer.query.request import TOPIC, from_parameters
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.outbox import Outbox, Subscription
from search_ui import asked
from search_ui.layout import page, words

router = APIRouter(include_in_schema=False)
# Of a form: an address of mail, a rhythm, and a search.
_LONGEST_BODY = 8_000
_MOST_UNCONFIRMED, _MOST_OF_ADDRESS = 500, 3
RHYTHMS = (Rhythm.DAY, Rhythm.WEEK)


async def _form(request: Request) -> dict[str, list[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413)
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=100)


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
    if address is None or not address.is_mail or rhythm not in RHYTHMS or not parameters:
        return _page(request, "form", 400, parameters=parameters, is_wrong=True)
    subscription = Subscription(
        name=f"page-{secrets.token_hex(8)}",
        search=urlencode(parameters),
        address=address.address,
        language=words(request).language,
        every=rhythm,
    )
    with _outbox(folder) as outbox:
        unconfirmed = outbox.subscriptions(confirmed=False)
        own = [each for each in unconfirmed if each.address == address.address]
        # Nobody can be flooded with questions by somebody else; the answer does not say whether this was one more.
        if len(unconfirmed) < _MOST_UNCONFIRMED and len(own) < _MOST_OF_ADDRESS:
            _ask(request, folder, outbox, subscription, address)
    return _page(request, "asked", parameters=parameters)


@router.get("/alerts/confirm/{token}")
def confirm_form(request: Request, token: str) -> Response:
    """A button: programs that follow the links of mails must not confirm anything."""
    folder = _check_allowed(request)
    with _outbox(folder) as outbox:
        _unconfirmed(folder, outbox, token)
    return _page(request, "confirm")


@router.post("/alerts/confirm/{token}")
def confirm(request: Request, token: str) -> Response:
    folder = _check_allowed(request)
    with _outbox(folder) as outbox:
        outbox.confirm(_unconfirmed(folder, outbox, token).name, utc_now())
    return _page(request, "confirmed")


@router.get("/unsubscribe/{token}")
def unsubscribe_form(request: Request, token: str) -> Response:
    """A button, for the same reason."""
    _subscribed(request, token)
    return _page(request, "unsubscribe")


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str) -> Response:
    """End an alert for one recipient: by the button, or by the one click of a mail program (RFC 8058)."""
    name, address = _subscribed(request, token)
    with _outbox(_folder(request)) as outbox:
        outbox.unsubscribe(name, address.key, utc_now())
        outbox.end_subscription(name)  # an alert of the page has one recipient, whose address is not needed any more
    return _page(request, "unsubscribed")


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
def _outbox(folder: Path) -> Iterator[Outbox]:
    with Catalogue(folder, write=True) as catalogue:
        yield catalogue.outbox


def _parameters(request: Request, values: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The parameters of the search, as an alert keeps them."""
    search = from_parameters({**values, TOPIC: values.get(TOPIC, [])}, topics=asked.topics(request).topics)
    return search.from_start(sort=None, size=20).parameters()


def _ask(request: Request, folder: Path, outbox: Outbox, subscription: Subscription, address: Recipient) -> None:
    now = utc_now()
    link = f"{request.app.state.address}/alerts/confirm/{confirm_token(unsubscribe_key(folder), subscription.name)}"
    message = request_message(subscription, link, asked.topics(request), now)
    outbox.subscribe(subscription, now)
    outbox.put({message: [address.key]}, subscription.name, (), now, None)
    postman = Postman(folder, outbox, {address.key: address}, MailSettings.load(), request.app.state.address, utc_now)
    postman.send_waiting(only=message.id)  # if this fails, the next round tries again


def _unconfirmed(folder: Path, outbox: Outbox, token: str) -> Subscription:
    key = unsubscribe_key(folder)
    for subscription in (*outbox.subscriptions(confirmed=False), *outbox.subscriptions()):
        if secrets.compare_digest(confirm_token(key, subscription.name).encode(), token.encode()):
            return subscription
    raise HTTPException(404)


def _subscribed(request: Request, token: str) -> tuple[str, Recipient]:
    """The alert and the recipient of an address at which one unsubscribes."""
    folder = _folder(request)
    key = unsubscribe_key(folder)
    with _outbox(folder) as outbox:
        for alert in every.alerts(folder, asked.topics(request), outbox):
            for each in alert.recipients:
                if secrets.compare_digest(unsubscribe_token(key, alert.name, each.key).encode(), token.encode()):
                    return alert.name, each
    raise HTTPException(404)


def _page(
    request: Request,
    state: str,
    status: int = 200,
    *,
    parameters: list[tuple[str, str]] | None = None,
    is_wrong: bool = False,
) -> Response:
    return page(
        request, "alerts.html", status, state=state, parameters=parameters or [], rhythms=RHYTHMS, is_wrong=is_wrong,
        search=" · ".join(value for _, value in parameters or []),
    )  # fmt: skip
