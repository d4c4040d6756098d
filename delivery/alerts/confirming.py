"""The mail that asks a reader of the page whether an alert is wanted."""

from __future__ import annotations

import hashlib
from datetime import datetime

from delivery.alerts.every import of_subscription
from delivery.channels.content import Content
from delivery.digest.gather import title_of
from delivery.messages import Messages
from indexer.topics import Topics
from papers.outbox import Message
from papers.subscribers import Subscription


def request_message(subscription: Subscription, link: str, topics: Topics, now: datetime) -> Message:
    """The mail, which has a link to the page that confirms."""
    t = Messages(subscription.language)
    title = title_of(of_subscription(subscription).request, topics, t)
    content = Content(
        subject=t("mail_confirm_subject", title=title),
        alert=subscription.name,
        language=subscription.language,
        opening=t("mail_confirm", title=title),
        blocks=(link,),
        closing=t("mail_confirm_ignore"),
    )
    id = hashlib.blake2b(f"confirm\x00{subscription.name}".encode(), digest_size=15).hexdigest()
    return Message(id, subscription.name, now, content.encode())
