"""`paperglot schedule`, `run` and `runs`, and how a crawl by hand becomes a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Data, folder
from papers.errors import PaperglotError, UsageError

if TYPE_CHECKING:
    from operate.runner import Place
    from operate.schedule import Schedule
    from papers.runs import RunRecord

Wait = Annotated[bool, typer.Option("--wait", help="Where another run is going on, wait for its end.")]
STOPPED = 130
_SHOWN = 15


def say(line: str) -> None:
    """A line for whoever watches; what a program reads goes to stdout."""
    print(line, file=sys.stderr, flush=True)


def is_step(into: Path) -> bool:
    """Whether this process is a step of a run: whoever started it holds the lock."""
    from papers import locks

    return locks.is_parents(into / locks.RUN)


def tell_run(name: str, counts: Mapping[str, int], reason: str | None = None) -> None:
    """Note with the run that this process is a step of what the step has to say; nothing where it is none."""
    from papers.catalogue import Catalogue
    from papers.settings import data_folder

    into = data_folder()
    if is_step(into):
        with suppress(PaperglotError), Catalogue(into, write=True) as catalogue:
            catalogue.runs.tell(name, counts, reason)


def as_run(into: Path, name: str, arguments: Sequence[str], *, wait: bool) -> None:
    """Carry out a command of ours as the step `name` of a run by hand; ends with its exit code."""
    from operate import processes, runner
    from operate.steps import Step

    what = " ".join(["paperglot", *arguments])
    with processes.stopping() as stop, runner.alone(_place(into), what, stop, wait=wait) as lock:
        step = Step(name, tuple(arguments))
        code = STOPPED if lock is None else runner.by_hand(_place(into), step, stop, lock)
    _end(code)


def _place(into: Path) -> Place:
    from operate.log import LogSettings, say_of
    from operate.runner import Place
    from papers import calendar

    settings = LogSettings.load()
    return Place(into, calendar.utc_now, say_of(settings, calendar.utc_now), merged=settings.format == "json")


def _end(code: int) -> None:
    if code == STOPPED:
        raise typer.Abort
    if code:
        raise typer.Exit(code)


@contextmanager
def _schedule(into: Path) -> Iterator[Schedule]:
    from crawler.configuration import CrawlSettings, check_contact
    from operate import processes
    from operate.ping import Ping
    from operate.schedule import Schedule
    from operate.settings import ScheduleSettings, check_all

    settings = ScheduleSettings.load()
    check_all()  # before anything runs
    check_contact(CrawlSettings.load())
    with processes.stopping() as stop:
        place = _place(into)
        yield Schedule(place, settings.job, Ping(settings.ping, place.say), stop)
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
        _end(0 if going_on else 1)
        return
    with _schedule(into) as jobs:
        jobs.forever()


def run(
    job: Annotated[str | None, typer.Argument(help="A job of [schedule], which runs now, due or not.")] = None,
    due: Annotated[bool, typer.Option("--due", help="What is due and was not run yet: for cron and timers.")] = False,
    wait: Wait = False,
    data: Data = None,
) -> None:
    """Run jobs of [schedule] once, with what failed tried again, and end.

    Exit code 0: all went well. 1: something failed. 3: something is not there yet, or another run is going on.
    """
    from operate.schedule import exit_code

    if due == (job is not None):
        raise UsageError("Name a job, or say --due.")
    ended: Sequence[RunRecord | None]
    with _schedule(folder(data)) as jobs:
        ended = [jobs.named(job, wait=wait)] if job else jobs.once(wait=wait)
    _end(exit_code(ended))


def runs(
    count: Annotated[int, typer.Option(min=1, max=10_000, help="So many, the newest first.")] = _SHOWN,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with every step and count.")] = False,
    data: Data = None,
) -> None:
    """Say how the last runs went: when, for how long, what they brought, and what went wrong."""
    import orjson

    from papers.catalogue import Catalogue
    from papers.runs import as_json as run_as_json

    with Catalogue(folder(data)) as catalogue:
        latest = catalogue.runs.latest(count)
    if as_json:
        typer.echo(orjson.dumps([run_as_json(one) for one in latest], option=orjson.OPT_INDENT_2).decode())
        return
    if not latest:
        typer.echo("Nothing has run yet: 'paperglot crawl' or 'paperglot schedule' begins.")
    for one in latest:
        for line in _lines(one):
            typer.echo(line)


def _lines(run: RunRecord) -> Iterator[str]:
    missed = f", made up for {run.made_up}" if run.made_up else ""
    again = f", try {run.attempt}" if run.attempt > 1 else ""
    name = run.job or "by hand"
    yield f"{run.began:%Y-%m-%d %H:%M} UTC  {run.outcome.value:10} {_duration(run):>8}  {name}{missed}{again}"
    for step in run.steps:
        counts = ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in step.counts.items() if number)
        said = "; ".join(filter(None, [counts, step.reason]))
        yield f"    {step.name:10} {step.outcome.value:10} {_duration(step):>8}  {said}".rstrip()


def _duration(what: Any) -> str:
    if what.ended is None:
        return ""
    seconds = int((what.ended - what.began).total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if hours else f"{minutes} m {seconds} s" if minutes else f"{seconds} s"
