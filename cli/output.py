"""What commands print besides their results: lines and progress on stderr, and counted nouns."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 5.0

Advance = Callable[[int, int], None]


def say(line: str) -> None:
    """Print a line for the user on stderr. stdout is for what a program reads."""
    print(line, file=sys.stderr, flush=True)


def counted(number: int, noun: str) -> str:
    """`1 paper`, `1,200 papers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextmanager
def progress(activity: str, unit: str = "papers") -> Iterator[Advance]:
    """Show progress: a bar on a terminal, else a line every few seconds.

    Use: `with progress("Indexing") as advance: advance(completed, total)`.
    """
    if sys.stderr.isatty():
        with _bar(activity, unit) as advance:
            yield advance
    else:
        yield _lines(activity, unit)


@contextmanager
def _bar(activity: str, unit: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(activity, total=1)
        yield lambda completed, total: bar.update(task, completed=completed, total=max(total, 1))


def _lines(activity: str, unit: str) -> Advance:
    last_printed = time.monotonic()

    def advance(completed: int, total: int) -> None:
        nonlocal last_printed
        if time.monotonic() - last_printed >= SECONDS_BETWEEN_LINES:
            last_printed = time.monotonic()
            say(f"{activity}: {completed:,} of {total:,} {unit}")

    return advance
