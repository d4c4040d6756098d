"""`paperglot forget`: remove papers and keep them out."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Data, folder
from cli.output import counted
from papers.errors import UsageError


def forget(
    ids: Annotated[list[str] | None, typer.Argument(help="arXiv identifiers, in any form.", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="The reason; --list shows it.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Allow these papers again, from the next crawl or import that has them.")
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="List the forgotten papers, with date and reason.")] = False,
    data: Data = None,
) -> None:
    """Remove papers from catalogue and index, and keep them out.

    Later crawls and imports do not bring them back.
    """
    from cli.index import update_index
    from papers import identifiers
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    keys = [identifiers.key(id) for id in ids or ()]
    if bool(keys) == show:
        raise UsageError("Name the papers that are to be forgotten, or give --list alone.")
    data_folder = folder(data)
    if show:
        with Catalogue(data_folder) as catalogue:
            for entry in catalogue.forgotten():
                typer.echo(f"{entry.id}  {entry.at:%Y-%m-%d}{f'  {entry.reason}' if entry.reason else ''}")
        return
    with Catalogue(data_folder, write=True) as catalogue:
        if undo:
            count = catalogue.let_in(keys)
            typer.echo(f"{counted(count, 'paper')} will be kept again when a crawl or an import next brings them.")
            return
        removed = catalogue.forget(keys, reason, utc_now())
    typer.echo(
        f"Forgot {counted(len(set(keys)), 'paper')}, {removed:,} of which {'was' if removed == 1 else 'were'} kept."
    )
    update_index(data_folder)
