"""Tells the owner of a run that failed, through the same channels as alerts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from delivery.alerts.every import OWNER
from delivery.alerts.recipients import Recipient
from delivery.alerts.sending import Postman
from delivery.channels.content import Content
from delivery.channels.settings import MailSettings
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.outbox import Message
from papers.runs import RunRecord


class Owner:
    """Gets a message for each run that failed. What cannot be sent waits in the outbox for the next round of alerts."""

    def __init__(
        self, folder: Path, owners: Sequence[Recipient], say: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._book = {(OWNER, each.key): each for each in owners}
        self._say = say
        self._now = now

    def begun(self, job: str) -> None:
        """Nothing: only a failure is told."""

    def ended(self, run: RunRecord) -> None:
        """Tell of a run, if it failed. A failure to tell is said, and is none of the run's."""
        if not self._book or not run.outcome.is_failure:
            return
        message = _message(run, self._now())
        try:
            with Catalogue(self._folder, write=True) as catalogue:
                outbox = catalogue.outbox
                outbox.put({message: [key for _, key in self._book]}, OWNER, (), message.at)
                postman = Postman(self._folder, outbox, self._book, MailSettings.load(), "", self._now)
                for sentence in postman.send_waiting(only=message.id).sentences:
                    self._say(sentence)
        except PaperglotError as error:
            self._say(f"The owner of [alerts] cannot be told: {error}")


def _message(run: RunRecord, now: datetime) -> Message:
    title = f"Paperglot: {run.job or 'a run by hand'} {run.outcome.value}"
    content = Content(
        subject=title,
        alert=OWNER,
        language="en",
        opening=f"{title}, begun {run.began:%Y-%m-%d %H:%M UTC}.",
        blocks=run.reasons,
        closing="'paperglot runs' and 'paperglot status' say more.",
    )
    id = hashlib.blake2b(f"run\x00{run.number}\x00{run.began.isoformat()}".encode(), digest_size=15).hexdigest()
    return Message(id, OWNER, now, content.encode())
