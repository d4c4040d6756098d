"""`paperglot run`: run jobs of [schedule] once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.schedule import jobs_of
from cli.steps import Wait, end
from papers.errors import UsageError

if TYPE_CHECKING:
    from papers.runs import RunRecord


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
    with jobs_of(folder(data)) as jobs:
        ended = [jobs.named(job, wait=wait)] if job else jobs.once(wait=wait)
    end(exit_code(ended))
