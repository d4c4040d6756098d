"""All alerts of a data folder: those of its file, and those that readers of the page have made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from delivery.alerts import file
from delivery.alerts.file import Alert, Rhythm
from delivery.alerts.recipients import Recipient, recipient
from indexer.query.request import from_parameters
from indexer.topics import Topics
from papers.outbox import Outbox, Subscription


def alerts(folder: Path, topics: Topics, outbox: Outbox) -> tuple[Alert, ...]:
    """The alerts that are to run. Raises InvalidAlerts."""
    return (*file.load(folder, topics), *map(of_subscription, outbox.subscriptions()))


def of_subscription(subscription: Subscription) -> Alert:
    """The alert of a subscription. A topic that there is no more finds nothing."""
    return Alert(
        name=subscription.name,
        request=from_parameters(parse_qs(subscription.search)),
        recipients=(recipient(subscription.address),),
        language=subscription.language,
        every=Rhythm(subscription.every),
    )


def recipients(folder: Path, topics: Topics, outbox: Outbox, owners: Iterable[Recipient]) -> Mapping[str, Recipient]:
    """All that messages of the outbox may go to, by their keys: those of alerts, readers who were asked whether they
    want one, and the owners, who are told of failed runs."""
    all_alerts = (*alerts(folder, topics, outbox), *map(of_subscription, outbox.subscriptions(confirmed=False)))
    return {each.key: each for each in (*owners, *(each for alert in all_alerts for each in alert.recipients))}
