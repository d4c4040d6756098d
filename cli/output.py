"""What commands print beside their results: lines and progress on stderr, counted nouns."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 5.0

Advance = Callable[[int, int], None]


def say(line: str) -> None:
    """Print a line for the person who watches. What a program reads goes to stdout."""
    print(line, file=sys.stderr, flush=True)


def counted(number: int, noun: str) -> str:
    """`1 paper`, `1,200 papers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextmanager
def progress(what: str, unit: str = "papers") -> Iterator[Advance]:
    """`with progress("Indexing") as advance: advance(done, total)`: a bar on a terminal, else a line now and then."""
    if sys.stderr.isatty():
        with _bar(what, unit) as advance:
            yield advance
    else:
        yield _lines(what, unit)


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(what, total=1)
        yield lambda done, total: shown.update(task, completed=done, total=max(total, 1))


def _lines(what: str, unit: str) -> Advance:
    said = time.monotonic()

    def advance(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said >= SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            say(f"{what}: {done:,} of {total:,} {unit}")

    return advance
