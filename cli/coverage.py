"""`paperglot coverage`: which papers of the last days are kept, and why others are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.crawl import carry_out
from cli.options import Data, folder
from cli.steps import Wait, as_run, is_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.settings import CrawlSettings
    from papers.coverage import DayCoverage

_COLOURS = {"good": "green", "quiet": "dim", "waiting": "yellow", "fault": "red"}  # of crawler.followed.LOOKS


def coverage(
    days: Annotated[int, typer.Option(min=1, max=90, help="How many announcement days to show.")] = 7,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Fetch what is missing of these days, also of those before the first crawl."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object for each day and category.")] = False,
    wait: Wait = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Scrapy's log of a repair.")] = False,
    data: Data = None,
) -> None:
    """Show which of the last days are complete.

    A day that is partial, stale, refused or missing has its reason beside it.

    Exit code 0: all is there. 3: something is not. A repair ends with the exit codes of a crawl.
    """
    import orjson

    from crawler.followed import as_json as as_object
    from crawler.followed import coverage_of
    from crawler.plan import is_due
    from crawler.settings import CrawlSettings
    from papers.calendar import reminder, utc_now

    settings, data_folder, now = CrawlSettings.load(), folder(data), utc_now()
    if repair:
        _repair(settings, data_folder, now, days, wait=wait, verbose=verbose)
        return
    rows = coverage_of(data_folder, settings, now, days)
    if as_json:
        typer.echo(orjson.dumps([as_object(day) for day in rows], option=orjson.OPT_INDENT_2).decode())
    else:
        _show(rows)
        if sentence := reminder(now):
            typer.echo(sentence)
    if any(is_due(day, now) for day in rows):
        raise typer.Exit(3)


def _repair(settings: CrawlSettings, data_folder: Path, now: datetime, days: int, *, wait: bool, verbose: bool) -> None:
    from crawler import plan
    from crawler.followed import coverage_of
    from crawler.settings import check_contact

    if is_step(data_folder):
        carry_out(
            plan.repair(coverage_of(data_folder, settings, now, days), now), data_folder, settings, verbose=verbose
        )
        return
    check_contact(settings)
    arguments = ["coverage", "--repair", "--days", str(days), *(["--verbose"] if verbose else ())]
    as_run(data_folder, "crawl", arguments, wait=wait)


def _show(rows: Sequence[DayCoverage]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from crawler.followed import LOOKS, difference_text, name_of

    console = Console()
    days = sorted({row.day for row in rows if row.state != "not asked"})
    if not days:
        console.print("Nothing was crawled in these days: 'paperglot crawl' begins, --repair fetches what came before.")
        return
    by_name: dict[str, dict[object, DayCoverage]] = {}
    for row in rows:
        by_name.setdefault(name_of(row), {})[row.day] = row
    # One line per day: seven days are easier to read downwards, and a terminal is narrow.
    table = Table("day", *by_name, box=None, pad_edge=False, header_style="bold")
    for day in reversed(days):
        cells = [by_name[name].get(day) for name in by_name]
        table.add_row(
            f"{day:%a} {day}", *(Text(_cell(cell), _COLOURS[LOOKS[cell.state]]) if cell else "–" for cell in cells)
        )
    console.print(table)
    for row in rows:
        if row.reason:
            console.print(f"{name_of(row)} of {row.day}: {row.state}, {row.reason}.", highlight=False, soft_wrap=True)
        for difference in row.differences:
            console.print(difference_text(row, difference), highlight=False, soft_wrap=True)


def _cell(row: DayCoverage) -> str:
    """The text of a table cell: `120`, `3 of 5`, or the state when there are no papers to count."""
    match row.state:
        case "complete" | "complete so far":
            so_far = " so far" if row.state == "complete so far" else ""
            others = [f" ({other.got} in the feed)" for other in row.others if other.got not in (0, row.got)]
            return f"{row.got}{so_far}{''.join(others)}"
        case "partial" if row.expected is not None:
            return f"{row.got} of {row.expected}"
        case "partial":
            return f"{row.got}, partial"
        case "not asked":
            return "–"
        case state:
            return str(state)
