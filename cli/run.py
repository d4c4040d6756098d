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
    job: Annotated[str | None, typer.Argument(help="A job of [schedule]. It runs now, due or not.")] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Run every job that is due and did not run yet: for cron and timers.")
    ] = False,
    wait: Wait = False,
    data: Data = None,
) -> None:
    """Run jobs of [schedule] once, then end.

    Steps that fail are tried again.

    Exit code 0: all went well. 1: something failed. 3: something is not there yet, or another run is going on.
    """
    from operate.schedule import exit_code

    if due == (job is not None):
        raise UsageError("Name a job, or say --due.")
    records: Sequence[RunRecord | None]
    with jobs_of(folder(data)) as jobs:
        records = [jobs.named(job, wait=wait)] if job else jobs.once(wait=wait)
    end(exit_code(records))
