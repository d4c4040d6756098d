"""How a command takes part in a run of the schedule: as a step of one, or, called by hand, by becoming one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papers.errors import PaperglotError

if TYPE_CHECKING:
    from operate.runner import Place


Wait = Annotated[bool, typer.Option("--wait", help="Where another run is going on, wait for its end.")]
STOPPED = 130  # what a shell reports of a program that Ctrl-C ended


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
    with processes.stopping() as stop, runner.alone(place(into), what, stop, wait=wait) as lock:
        step = Step(name, tuple(arguments))
        code = STOPPED if lock is None else runner.by_hand(place(into), step, stop, lock)
    end(code)


def place(into: Path) -> Place:
    """Where and when a run takes place: the data folder, the clock, and the way its lines are printed."""
    from operate.log import LogSettings, say_of
    from operate.runner import Place
    from papers import calendar

    settings = LogSettings.load()
    return Place(into, calendar.utc_now, say_of(settings, calendar.utc_now), merged=settings.format == "json")


def end(code: int) -> None:
    """End the command with this exit code; 0 returns."""
    if code == STOPPED:
        raise typer.Abort
    if code:
        raise typer.Exit(code)
