"""The mail that asks a reader of the page whether an alert is wanted."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from delivery.alerts.every import of_subscription
from delivery.channels.content import Content
from delivery.digest.gather import title_of
from delivery.messages import Messages
from indexer.topics import Topics
from papers import categories
from papers.outbox import Message
from papers.subscribers import Subscription

_ADDRESS = re.compile(r"\S*(?:://|@)\S*|[\w-]+(?:\.[\w-]+)+\S*")
_LONGEST_TITLE = 100


def request_message(subscription: Subscription, link: str, topics: Topics, now: datetime) -> Message:
    """The mail, which has a link to the page that confirms."""
    t = Messages(subscription.language)
    # Anybody can have this mail sent to anybody: it has no address, and little else, of who asked for it.
    title = _ADDRESS.sub(_without, title_of(of_subscription(subscription).request, topics, t))[:_LONGEST_TITLE]
    content = Content(
        subject=t("mail_confirm_subject"),
        alert=subscription.name,
        language=subscription.language,
        opening=t("mail_confirm", title=title),
        blocks=(link,),
        closing=t("mail_confirm_ignore"),
    )
    id = hashlib.blake2b(f"confirm\x00{subscription.name}".encode(), digest_size=15).hexdigest()
    return Message(id, subscription.name, now, content.encode())


def _without(match: re.Match[str]) -> str:
    """Nothing of what mail programs would make a link of; a category may stay."""
    return match[0] if categories.name(match[0]) else "…"
