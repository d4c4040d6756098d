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
from papers.subscribers import Subscription

# The name that messages to the owner have in the outbox: no alert can have it.
OWNER = "runs: failed"
# The name of an alert and the key of a recipient → the recipient.
Book = Mapping[tuple[str, str], Recipient]


def alerts(folder: Path, topics: Topics, subscriptions: Iterable[Subscription]) -> tuple[Alert, ...]:
    """The alerts that are to run; the subscriptions are those that were confirmed. Raises InvalidAlerts."""
    return (*file.load(folder, topics), *map(of_subscription, subscriptions))


def of_subscription(subscription: Subscription) -> Alert:
    """The alert of a subscription. A topic that there is no more finds nothing."""
    parameters = parse_qs(subscription.search)
    return Alert(
        name=subscription.name,
        request=from_parameters(parameters, topics=parameters.get("topic", ())),
        recipients=(recipient(subscription.address),),
        language=subscription.language,
        every=Rhythm(subscription.every),
    )


def book(of: Iterable[Alert], asked: Iterable[Subscription], owners: Iterable[Recipient]) -> Book:
    """All that messages of the outbox may go to: recipients of alerts, readers who were asked whether they want one,
    and the owners, who are told of failed runs."""
    every_alert = (*of, *map(of_subscription, asked))
    of_alerts = {(alert.name, each.key): each for alert in every_alert for each in alert.recipients}
    return of_alerts | {(OWNER, each.key): each for each in owners}
