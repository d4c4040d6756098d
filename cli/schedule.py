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
def jobs_of(data_folder: Path) -> Iterator[Schedule]:
    """The jobs of [schedule], ready to run.

    Raises InvalidSetting before anything runs if a setting is wrong, and typer.Abort at the end if a signal came.
    """
    from crawler.settings import CrawlSettings, check_contact
    from delivery.alerts.settings import AlertsSettings
    from operate import processes
    from operate.ping import Ping
    from operate.schedule import Schedule
    from operate.settings import ScheduleSettings, check_all
    from operate.tell_owner import Owner

    settings = ScheduleSettings.load()
    check_all()  # before anything runs
    check_contact(CrawlSettings.load())
    with processes.stopping() as stop:
        run_place = place(data_folder)
        ping = settings.ping.get_secret_value() if settings.ping else None
        owner = Owner(run_place.folder, AlertsSettings.load().owners, run_place.say, run_place.now)
        yield Schedule(run_place, settings.job, (Ping(ping, run_place.say), owner), stop)
        if stop.told:
            raise typer.Abort


def schedule(
    alive: Annotated[
        bool, typer.Option("--alive", help="Only say whether a schedule is running: exit code 0 if so, else 1.")
    ] = False,
    data: Data = None,
) -> None:
    """Run the jobs of [schedule] when due, until stopped.

    Without jobs in the settings, it crawls, translates and indexes at 02:15 and 14:15 UTC. If runs were due while the
    machine slept, one run makes up for all. A step that fails is tried again after 10 and 60 minutes.
    """
    data_folder = folder(data)
    if alive:
        from operate.schedule import is_alive
        from papers import calendar

        is_running = is_alive(data_folder, calendar.utc_now())
        typer.echo("The schedule goes on." if is_running else "No schedule is going on.")
        end(0 if is_running else 1)
        return
    with jobs_of(data_folder) as jobs:
        jobs.forever()
