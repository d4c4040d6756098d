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
    from papers.subscribers import Subscription

_SECONDS_BETWEEN_LOOKS = 2.0
_SECONDS_FOR_LOCK = 10.0


class IndexBehind(PaperglotError):
    """Raised by `alerts`: the index lacks papers of the catalogue, which an alert would miss."""

    exit_code = 3


class AnotherRound(PaperglotError):
    """Raised by `alerts`: another process is sending; together they would send everything twice."""

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
    from delivery.alerts import every
    from delivery.alerts.settings import ALERTS_LOCK
    from delivery.settings import PageSettings
    from papers import locks

    source, outbox, page = source_of(path, now), catalogue.outbox, PageSettings.load().address
    subscriptions, asked = _subscriptions(path, outbox, now)
    all_alerts = every.alerts(path, source.topics, subscriptions)
    if not all_alerts:
        say("There are no alerts: describe some in alerts.toml of the data folder.")
    if dry_run is not None:
        _write_previews(dry_run, source, outbox, all_alerts, page)
        _check_behind(_behind(catalogue, source.engine))
        return
    # The page holds it while it sends one question.
    with locks.exclusive(path / ALERTS_LOCK, wait=_SECONDS_FOR_LOCK) as is_alone:
        if not is_alone:
            raise AnotherRound("Another 'paperglot alerts' is sending: wait for its end.")
        try:
            _round(path, catalogue, source, all_alerts, page, asked)
        finally:
            _subscriptions(path, outbox, now)  # readers may have left meanwhile


def _subscriptions(path: Path, outbox: Outbox, now: datetime) -> tuple[list[Subscription], list[Subscription]]:
    """The subscriptions that were confirmed, and those that were asked for. Nothing is left of any other one, whatever
    a crash or a round that ran meanwhile has left."""
    from papers.subscribers import Subscribers

    of_readers = outbox.of_readers()  # before the subscriptions: of a new one, the message is written last
    with Subscribers(path) as subscribers:
        subscribers.end_unconfirmed(now)
        subscriptions, asked = subscribers.confirmed(), subscribers.unconfirmed()
    for name in of_readers - {each.name for each in (*subscriptions, *asked)}:
        outbox.end(name)
    return subscriptions, asked


def _round(
    path: Path,
    catalogue: Catalogue,
    source: Source,
    all_alerts: Sequence[Alert],
    page: str,
    asked: Sequence[Subscription],
) -> None:
    """Look for what is new, then send what waits; what waits is sent also where nothing can be looked for."""
    from cli.steps import tell_run
    from delivery.alerts import every
    from delivery.alerts.running import run_all
    from delivery.alerts.sending import Postman
    from delivery.alerts.settings import ALERTS_FILE, AlertsSettings
    from delivery.channels.settings import MailSettings
    from papers.calendar import utc_now

    outbox, fault, made, behind = catalogue.outbox, None, 0, 0
    book = every.book(all_alerts, asked, AlertsSettings.load().owners)
    # A file that is away for a moment must not cost the messages of its alerts.
    may_drop = (path / ALERTS_FILE).exists()
    names = {each.name for each in asked}
    postman = Postman(path, outbox, book, MailSettings.load(), page, utc_now, may_drop=may_drop, asked=names)
    failed = 0
    try:
        behind = _behind(catalogue, source.engine) if all_alerts else 0
        for each in run_all(source, outbox, () if behind else all_alerts, page):
            made, failed = made + len(each.messages), failed + each.is_failed
            say(f"{each.alert.name}: {each.sentence}.")
    except PaperglotError as error:
        fault = error
    sendings = postman.send_waiting()
    for sentence in sendings.sentences:
        say(sentence)
    left = len(outbox.waiting())
    tell_run("alerts", {"messages_sent": sendings.sent, "messages_waiting": left})
    say(f"{counted(made, 'new message')}, {sendings.sent:,} sent, {left:,} wait for another try.")
    if fault:
        raise fault
    if failed:
        raise NotSent(f"{counted(failed, 'alert')} could not look for new papers.")
    if left or sendings.given_up:
        raise NotSent(f"{counted(left + sendings.given_up, 'message')} could not be sent.")
    _check_behind(behind)


def _check_behind(behind: int) -> None:
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
