"""Sends what is in the outbox, and says what became of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import assert_never

from delivery.alerts.compose import UNSUBSCRIBE
from delivery.alerts.recipients import Recipient
from delivery.channels import chat
from delivery.channels.content import decode, pieces
from delivery.channels.mail import Mailer, letter
from delivery.channels.result import Fate, Result
from delivery.channels.settings import MailSettings
from papers import files
from papers.errors import UsageError
from papers.outbox import Delivery, Outbox

KEY_FILE = "alerts.key"
# After a failure the message is tried again: first soon, then after twice as long each time.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
_AFTER_REFUSAL = timedelta(hours=12)
_GIVEN_UP_AFTER = timedelta(days=7)


class MailMissing(UsageError):
    """Raised by `Postman`: there is a recipient by mail, and [mail] has no server or no sender."""


@dataclass
class Sendings:
    """What became of the messages of one run. `sentences` say what could not be sent."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    sentences: list[str] = field(default_factory=list)


def unsubscribe_key(folder: Path) -> bytes:
    """The key of the addresses at which recipients unsubscribe; made when it is first needed."""
    path = folder / KEY_FILE
    try:
        return bytes.fromhex(files.secret(path))
    except (FileNotFoundError, ValueError):
        key = secrets.token_bytes(32)
        path.touch(mode=0o600)
        files.replace(path, key.hex().encode())
        path.chmod(0o600)
        return key


def unsubscribe_token(key: bytes, alert: str, recipient_key: str) -> str:
    """What only the recipient of an alert knows."""
    return hmac.new(key, f"{alert}\x00{recipient_key}".encode(), hashlib.sha256).hexdigest()[:40]


class Postman:
    """Sends waiting messages. `recipients` are all that the alerts have now, by key; `page` is the page's address."""

    def __init__(
        self,
        folder: Path,
        outbox: Outbox,
        recipients: Mapping[str, Recipient],
        settings: MailSettings,
        page: str,
        now: Callable[[], datetime],
    ) -> None:
        if any(each.is_mail for each in recipients.values()) and not (settings.server and settings.sender):
            raise MailMissing("An alert goes by mail, and [mail] has no server or no sender: set both.")
        self._folder = folder
        self._outbox = outbox
        self._recipients = recipients
        self._settings = settings
        self._page = page
        self._now = now

    def send_waiting(self, only: str | None = None) -> Sendings:
        """Try every message that is due, or `only` the one with this id."""
        result = Sendings()
        with ExitStack() as stack:
            mailer = stack.enter_context(Mailer(self._settings))
            for delivery in self._outbox.waiting(self._now()):
                if only not in (None, delivery.message.id):
                    continue
                self._try(delivery, mailer, result)
        return result

    def _try(self, delivery: Delivery, mailer: Mailer, sendings: Sendings) -> None:
        recipient = self._recipients.get(delivery.recipient)
        if recipient is None:
            self._outbox.drop(delivery)  # it is in no alert any more
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
        now = self._now()
        what = f"The message of '{delivery.message.alert}' to {recipient.shown}"
        if now - delivery.message.at > _GIVEN_UP_AFTER:
            self._outbox.drop(delivery)
            sendings.given_up += 1
            sendings.sentences.append(f"{what} was given up after a week: {result.reason}.")
            return
        self._outbox.failed(delivery, now + _pause(delivery, result), result.reason)
        sendings.postponed += 1
        sendings.sentences.append(f"{what} could not be sent, and is tried again later: {result.reason}.")

    def _send(self, delivery: Delivery, recipient: Recipient, mailer: Mailer) -> Result:
        message = delivery.message
        content = decode(message.content)
        if recipient.is_mail:
            link = self._unsubscribe(message.alert, recipient)
            content = content.model_copy(update={"html": content.html.replace(UNSUBSCRIBE, link or self._by_mail())})
            return mailer.send(
                letter(content, message, self._settings.sender, recipient.address, link), recipient.address
            )
        parts = pieces(content, chat.most_bytes(recipient.address))
        for number, part in enumerate(parts[delivery.pieces :], start=delivery.pieces + 1):
            result = chat.send(recipient.address, "", part)
            if result.fate is not Fate.SENT:
                return result
            self._outbox.arrived_in_part(delivery, number)
        return Result(Fate.SENT)

    def _unsubscribe(self, alert: str, recipient: Recipient) -> str | None:
        if not self._page:
            return None
        return f"{self._page}/unsubscribe/{unsubscribe_token(unsubscribe_key(self._folder), alert, recipient.key)}"

    def _by_mail(self) -> str:
        return f"mailto:{parseaddr(self._settings.sender)[1]}?subject=unsubscribe"


def _pause(delivery: Delivery, result: Result) -> timedelta:
    if result.fate is not Fate.LATER:
        return _AFTER_REFUSAL
    pause = min(_FIRST_PAUSE * (1 << min(delivery.tries, 10)), _LONGEST_PAUSE)
    return max(pause, timedelta(seconds=min(result.wait, 86_400)))
