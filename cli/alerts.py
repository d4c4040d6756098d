"""`paperglot alerts`: what is new for saved searches, by mail or in chats."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import counted, say
from cli.sources import source as source_of
from papers.errors import PaperglotError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from delivery.alerts.file import Alert
    from delivery.digest.gather import Source
    from indexer.engine import SearchEngine
    from papers.catalogue import Catalogue
    from papers.outbox import Outbox

_SECONDS_BETWEEN_LOOKS = 2.0


class IndexBehind(PaperglotError):
    """Raised by `alerts`: the index lacks papers of the catalogue, which an alert would miss."""

    exit_code = 3


class NotSent(PaperglotError):
    """Raised by `alerts`: some message could not be sent; it stays in the outbox."""


def alerts(
    dry_run: Annotated[
        Path | None, typer.Option(help="Write what would be sent into this folder, and send and remember nothing.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="List the messages that wait to be sent, and why.")
    ] = False,
    data: Data = None,
) -> None:
    """Send what is new for the searches of alerts.toml, and what could not be sent before."""
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    path, now = folder(data), utc_now()
    with Catalogue(path, write=True) as catalogue:
        if waiting:
            _list_waiting(catalogue.outbox)
            return
        _run(path, catalogue, dry_run, now)


def _run(path: Path, catalogue: Catalogue, dry_run: Path | None, now: datetime) -> None:
    from cli.steps import tell_run
    from delivery.alerts import every
    from delivery.alerts.running import run_all
    from delivery.alerts.sending import Postman
    from delivery.alerts.settings import AlertsSettings
    from delivery.channels.settings import MailSettings
    from delivery.settings import PageSettings
    from papers.calendar import utc_now

    source, outbox, page = source_of(path, now), catalogue.outbox, PageSettings.load().address
    all_alerts = every.alerts(path, source.topics, outbox)
    if not all_alerts:
        say("There are no alerts: describe some in alerts.toml of the data folder.")
    recipients = every.recipients(path, source.topics, outbox, AlertsSettings.load().owners)
    postman = Postman(path, outbox, recipients, MailSettings.load(), page, utc_now)
    behind = _behind(catalogue, source.engine)
    if dry_run is not None:
        _write_previews(dry_run, source, outbox, all_alerts, page)
        return
    made = 0
    if not behind:
        for each in run_all(source, outbox, all_alerts, page):
            made += len(each.messages)
            say(f"{each.alert.name}: {each.sentence}.")
    sendings = postman.send_waiting()
    for sentence in sendings.sentences:
        say(sentence)
    tell_run("alerts", {"messages_sent": sendings.sent, "messages_waiting": sendings.postponed})
    say(f"{counted(made, 'new message')}, {sendings.sent:,} sent, {sendings.postponed:,} wait for another try.")
    if sendings.postponed or sendings.given_up:
        raise NotSent(f"{counted(sendings.postponed + sendings.given_up, 'message')} could not be sent.")
    if behind:
        raise IndexBehind(
            f"The index lacks {counted(behind, 'change')} of the catalogue, so no alert looked for new papers: "
            "run 'paperglot index'."
        )


def _behind(catalogue: Catalogue, engine: SearchEngine) -> int:
    """How many changes the index lacks, after waiting a while for another process to bring them."""
    from delivery.alerts.settings import AlertsSettings
    from indexer.lag import index_lag

    end = time.monotonic() + AlertsSettings.load().wait_seconds
    while True:
        lag = index_lag(catalogue, engine)
        if lag.error:
            raise PaperglotError(lag.error)
        if not lag.behind or time.monotonic() >= end:
            return lag.behind
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _write_previews(to: Path, source: Source, outbox: Outbox, all_alerts: Sequence[Alert], page: str) -> None:
    from delivery.alerts.running import preview
    from delivery.channels.content import decode
    from delivery.digest.folder import write_file

    for alert in all_alerts:
        messages = preview(source, outbox, alert, page)
        for number, message in enumerate(messages, start=1):
            content = decode(message.content)
            write_file(to / f"{alert.name}-{number}.txt", content.text.encode())
            write_file(to / f"{alert.name}-{number}.html", content.html.encode())
        shown = ", ".join(each.shown for each in alert.recipients)
        say(f"{alert.name}: {counted(len(messages), 'message')} for {shown}.")


def _list_waiting(outbox: Outbox) -> None:
    for delivery in outbox.waiting():
        reason = delivery.reason or "not tried yet"
        typer.echo(
            f"{delivery.message.at:%Y-%m-%d %H:%M}  {delivery.message.alert}  tries: {delivery.tries}  "
            f"next: {delivery.next_try:%Y-%m-%d %H:%M UTC}  {reason}"
        )
