"""Sends what is in the outbox, and says what became of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.errors import MessageError
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import assert_never

from delivery.alerts import keys
from delivery.alerts.compose import UNSUBSCRIBE
from delivery.alerts.every import OWNER, Book
from delivery.alerts.recipients import InvalidRecipient, Recipient
from delivery.channels import chat
from delivery.channels.content import Content, decode, pieces
from delivery.channels.mail import Mailer, letter
from delivery.channels.result import SENT, Fate, Result
from delivery.channels.settings import MailSettings
from papers.errors import UsageError
from papers.outbox import OF_READER, Delivery, Outbox

# After a failure the message is tried again: first soon, then after twice as long each time.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
_AFTER_REFUSAL = timedelta(hours=12)
_GIVEN_UP_AFTER, _FEWEST_TRIES = timedelta(days=7), 5


class MailMissing(UsageError):
    """Raised by `Postman`: there is a recipient by mail, and [mail] has no server or no sender."""


@dataclass
class Sendings:
    """What became of the messages of one round. `sentences` say what could not be sent."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    sentences: list[str] = field(default_factory=list)


class Postman:
    """Sends waiting messages to those in the `book`. `page` is the page's address, "" where there is none.

    `may_drop`: a message whose recipient is not in the book is dropped, and not left waiting. `asked` names the alerts
    that a reader is asked to confirm, whose mails have nothing yet to unsubscribe from.
    Raises MailMissing, and InvalidRecipient for a chat that Apprise does not know.
    """

    def __init__(
        self,
        folder: Path,
        outbox: Outbox,
        book: Book,
        settings: MailSettings,
        page: str,
        now: Callable[[], datetime],
        *,
        may_drop: bool = False,
        asked: Collection[str] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if any(each.is_mail for each in book.values()) and not (settings.server and settings.sender):
            raise MailMissing("An alert goes by mail, and [mail] has no server or no sender: set both.")
        for (alert, _), each in book.items():
            targets = 1 if each.is_mail else chat.targets(each.address)
            if not targets:
                raise InvalidRecipient(f"The address {each.shown} of '{alert}' is not one of a chat that can be used.")
            if targets > 1:  # if one of them refused, the others would get the message again
                raise InvalidRecipient(
                    f"The address {each.shown} of '{alert}' names {targets} rooms: give each its own."
                )
        self._folder = folder
        self._outbox = outbox
        self._book = book
        self._settings = settings
        self._page = page
        self._now = now
        self._may_drop = may_drop
        self._asked = asked
        self._pace = chat.Pace(sleep)

    def send_waiting(self, only: str | None = None) -> Sendings:
        """Try every message that is due, or `only` the one with this id."""
        sendings = Sendings()
        with ExitStack() as stack:
            mailer = stack.enter_context(Mailer(self._settings))
            for delivery in self._outbox.waiting(self._now()):
                if only in (None, delivery.message.id) and self._outbox.is_waiting(delivery):
                    self._try(delivery, mailer, sendings)
        return sendings

    def _try(self, delivery: Delivery, mailer: Mailer, sendings: Sendings) -> None:
        recipient = self._book.get((delivery.message.alert, delivery.recipient))
        if recipient is None:
            if self._may_drop:
                self._outbox.drop(delivery)
                sendings.sentences.append(f"A message of '{delivery.message.alert}' has no recipient any more.")
            return
        result = self._send(delivery, recipient, mailer)
        match result.fate:
            case Fate.SENT:
                self._outbox.drop(delivery)
                sendings.sent += 1
            case Fate.LATER | Fate.REFUSED | Fate.UNUSABLE:
                self._postpone(delivery, recipient, result, sendings)
            case _:
                assert_never(result.fate)

    def _postpone(self, delivery: Delivery, recipient: Recipient, result: Result, sendings: Sendings) -> None:
        now, alert = self._now(), delivery.message.alert
        # The address of a reader is in no log, and no address is in the catalogue; servers repeat it in what they say.
        what = f"The message of '{alert}'" + ("" if alert.startswith(OF_READER) else f" to {recipient.shown}")
        result = replace(result, reason=re.sub(re.escape(recipient.address), "…", result.reason, flags=re.IGNORECASE))
        if now - delivery.message.at > _GIVEN_UP_AFTER and delivery.tries >= _FEWEST_TRIES:
            self._outbox.drop(delivery)
            sendings.given_up += 1
            sendings.sentences.append(f"{what} was given up after a week: {result.reason}.")
            return
        self._outbox.failed(delivery, now + _pause(delivery, result), result.reason)
        sendings.postponed += 1
        sendings.sentences.append(f"{what} could not be sent, and is tried again later: {result.reason}.")

    def _send(self, delivery: Delivery, recipient: Recipient, mailer: Mailer) -> Result:
        content = decode(delivery.message.content)
        if recipient.is_mail:
            return self._send_mail(delivery, content, recipient, mailer)
        parts = pieces(content, chat.most_bytes(recipient.address))
        for number, part in enumerate(parts[delivery.pieces :], start=delivery.pieces + 1):
            self._pace.wait(recipient.address)
            result = chat.send(recipient.address, part)
            if result.fate is not Fate.SENT:
                return result
            self._outbox.arrived_in_part(delivery, number)
        return SENT

    def _send_mail(self, delivery: Delivery, content: Content, recipient: Recipient, mailer: Mailer) -> Result:
        message, sender = delivery.message, self._settings.sender
        link = self._unsubscribe(message.alert, recipient)
        by_mail = f"mailto:{parseaddr(sender)[1]}?subject=unsubscribe"
        content = content.model_copy(update={"html": content.html.replace(UNSUBSCRIBE, link or by_mail)})
        try:
            mail = letter(content, message, sender, recipient.address, link)
        except (MessageError, ValueError, LookupError, AttributeError):  # what Python's mail raises for odd headers
            return Result(Fate.REFUSED, "the mail cannot be written")
        return mailer.send(mail, recipient.address)

    def _unsubscribe(self, alert: str, recipient: Recipient) -> str | None:
        """The address at which the recipient ends the alert; None where there is nothing to end."""
        if not self._page or alert == OWNER or alert in self._asked:
            return None
        return f"{self._page}/unsubscribe/{keys.unsubscribe_token(self._key, alert, recipient.key)}"

    @cached_property
    def _key(self) -> bytes:
        key = keys.key(self._folder)
        assert key is not None
        return key


def _pause(delivery: Delivery, result: Result) -> timedelta:
    if result.fate is not Fate.LATER:
        return _AFTER_REFUSAL
    pause = min(_FIRST_PAUSE * (1 << min(delivery.tries, 10)), _LONGEST_PAUSE)
    return max(pause, timedelta(seconds=min(result.wait, 86_400)))
