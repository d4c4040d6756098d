"""`paperglot runs`: how the last runs went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Data, folder

if TYPE_CHECKING:
    from papers.runs import RunRecord


_DEFAULT_COUNT = 15


def runs(
    count: Annotated[
        int, typer.Option(min=1, max=10_000, help="How many runs to show, the newest first.")
    ] = _DEFAULT_COUNT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every step and count.")] = False,
    data: Data = None,
) -> None:
    """Show how the last runs went.

    For each run: when, for how long, what it brought, and what went wrong.
    """
    import orjson

    from papers.catalogue import Catalogue
    from papers.runs import as_json as run_as_json

    with Catalogue(folder(data)) as catalogue:
        latest = catalogue.runs.latest(count)
    if as_json:
        typer.echo(orjson.dumps([run_as_json(record) for record in latest], option=orjson.OPT_INDENT_2).decode())
        return
    if not latest:
        typer.echo("Nothing has run yet: 'paperglot crawl' or 'paperglot schedule' begins.")
    for record in latest:
        for line in _lines(record):
            typer.echo(line)


def _lines(run: RunRecord) -> Iterator[str]:
    made_up = f", made up for {run.made_up}" if run.made_up else ""
    attempt = f", try {run.attempt}" if run.attempt > 1 else ""
    name = run.job or "by hand"
    yield f"{run.began:%Y-%m-%d %H:%M} UTC  {run.outcome.value:10} {_duration(run):>8}  {name}{made_up}{attempt}"
    for step in run.steps:
        counts = ", ".join(f"{number:,} {noun.replace('_', ' ')}" for noun, number in step.counts.items() if number)
        details = "; ".join(filter(None, [counts, step.reason]))
        yield f"    {step.name:10} {step.outcome.value:10} {_duration(step):>8}  {details}".rstrip()


def _duration(record: Any) -> str:
    if record.ended is None:
        return ""
    seconds = int((record.ended - record.began).total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if hours else f"{minutes} m {seconds} s" if minutes else f"{seconds} s"
