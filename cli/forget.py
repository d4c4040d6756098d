"""`paperglot forget`: papers that are to stay away."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Data, folder
from cli.output import counted
from papers.errors import UsageError


def forget(
    ids: Annotated[list[str] | None, typer.Argument(help="arXiv identifiers, in any form.", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="Why; shown by --list.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Let these papers in again when they are next seen.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Say which papers are kept away, since when, and why.")] = False,
    data: Data = None,
) -> None:
    """Remove papers from catalogue and index, and keep them away from every later crawl and import."""
    from cli.index import update_index
    from papers import identifiers
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    keys = [identifiers.key(id) for id in ids or ()]
    if bool(keys) == show:
        raise UsageError("Name the papers that are to be forgotten, or give --list alone.")
    into = folder(data)
    if show:
        with Catalogue(into) as catalogue:
            for one in catalogue.forgotten():
                typer.echo(f"{one.id}  {one.at:%Y-%m-%d}{f'  {one.reason}' if one.reason else ''}")
        return
    with Catalogue(into, write=True) as catalogue:
        if undo:
            count = catalogue.let_in(keys)
            typer.echo(f"{counted(count, 'paper')} will be kept again when a crawl or an import next brings them.")
            return
        there = catalogue.forget(keys, reason, utc_now())
    typer.echo(f"Forgot {counted(len(set(keys)), 'paper')}, {there:,} of which {'was' if there == 1 else 'were'} kept.")
    update_index(into)
