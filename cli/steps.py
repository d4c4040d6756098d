"""How a command takes part in a run: as a step of a scheduled run or, if called by hand, as a run of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papers.errors import PaperglotError

if TYPE_CHECKING:
    from operate.runner import Place


Wait = Annotated[bool, typer.Option("--wait", help="If another run is going on, wait for its end.")]
STOPPED = 130  # the exit code that a shell gives a program ended by Ctrl-C


def is_step(data_folder: Path) -> bool:
    """Whether this process is a step of a run: then its parent process holds the lock of runs."""
    from papers import locks

    return locks.is_parents(data_folder / locks.RUN)


def tell_run(name: str, counts: Mapping[str, int], reason: str | None = None) -> None:
    """Record counts and reason of this step in its run. Does nothing if this process is not a step."""
    from papers.catalogue import Catalogue
    from papers.settings import data_folder

    path = data_folder()
    if is_step(path):
        with suppress(PaperglotError), Catalogue(path, write=True) as catalogue:
            catalogue.runs.tell(name, counts, reason)


def as_run(data_folder: Path, name: str, arguments: Sequence[str], *, wait: bool) -> None:
    """Carry out a Paperglot command as the step `name` of a run by hand. Ends as `end` does."""
    from operate import processes, runner
    from operate.steps import Step

    command_line = " ".join(["paperglot", *arguments])
    with processes.stopping() as stop, runner.alone(place(data_folder), command_line, stop, wait=wait) as lock:
        step = Step(name, tuple(arguments))
        code = STOPPED if lock is None else runner.by_hand(place(data_folder), step, stop, lock)
    end(code)


def place(data_folder: Path) -> Place:
    """What a runner needs to carry out runs in this data folder: clock, log and folder."""
    from operate.log import LogSettings, say_of
    from operate.runner import Place
    from papers import calendar

    settings = LogSettings.load()
    return Place(data_folder, calendar.utc_now, say_of(settings, calendar.utc_now), merged=settings.format == "json")


def end(code: int) -> None:
    """Raise what ends the command with this exit code: Abort for STOPPED, Exit for others; nothing for 0."""
    if code == STOPPED:
        raise typer.Abort
    if code:
        raise typer.Exit(code)
