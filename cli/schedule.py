"""`paperglot schedule`: run the jobs of [schedule] when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.steps import end, place

if TYPE_CHECKING:
    from operate.schedule import Schedule


@contextmanager
def jobs_of(into: Path) -> Iterator[Schedule]:
    """The jobs of [schedule], after a check of all settings that they need. SIGTERM and Ctrl-C stop them."""
    from crawler.settings import CrawlSettings, check_contact
    from operate import processes
    from operate.ping import Ping
    from operate.schedule import Schedule
    from operate.settings import ScheduleSettings, check_all

    settings = ScheduleSettings.load()
    check_all()  # before anything runs
    check_contact(CrawlSettings.load())
    with processes.stopping() as stop:
        where = place(into)
        ping = settings.ping.get_secret_value() if settings.ping else None
        yield Schedule(where, settings.job, Ping(ping, where.say), stop)
        if stop.told:
            raise typer.Abort


def schedule(
    alive: Annotated[
        bool, typer.Option("--alive", help="Only say whether a schedule goes on: exit code 0, or 1 where none does.")
    ] = False,
    data: Data = None,
) -> None:
    """Run the jobs of [schedule] when they are due, until it is stopped. Without jobs: crawl, translate and index at
    02:15 and 14:15 UTC.

    What was due while the machine slept is made up for by one run. A step that fails is tried again after 10 and 60
    minutes.
    """
    into = folder(data)
    if alive:
        from operate.schedule import is_alive
        from papers import calendar

        going_on = is_alive(into, calendar.utc_now())
        typer.echo("The schedule goes on." if going_on else "No schedule is going on.")
        end(0 if going_on else 1)
        return
    with jobs_of(into) as jobs:
        jobs.forever()
