"""`paperglot import`: bring in papers and translations from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder, opened
from cli.output import progress, say
from papers.errors import PaperglotError

import_app = typer.Typer(help="Bring in papers from a file.", no_args_is_help=True)


@import_app.callback()
def _import() -> None:
    pass


@import_app.command("kaggle")
def import_kaggle(
    file: Annotated[Path, typer.Argument(help="arxiv-metadata-oai-snapshot.json, also as .gz or inside a .zip.")],
    data: Data = None,
) -> None:
    """Import arXiv's metadata snapshot from Kaggle. A run that was stopped carries on where it was."""
    from cli.index import update_index
    from crawler import snapshot
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    into = folder(data)
    with Catalogue(into, write=True) as catalogue:
        before = catalogue.seq
        try:
            with progress("Importing", "bytes") as advance:
                done = snapshot.run(file, catalogue, utc_now, say, advance)
        except PaperglotError:
            if catalogue.seq != before:  # what was kept before the fault can be found all the same
                update_index(into)
            raise
        kept = done.kept
        resumed = f" (from line {done.resumed_at + 1:,} on)" if done.resumed_at else ""
        typer.echo(
            f"Imported{resumed} {kept.new:,} new papers; {kept.changed:,} changed, {kept.same:,} were the same; "
            f"{done.bad_lines:,} bad lines were skipped."
        )
    update_index(into)


@import_app.command("translations")
def import_translations(
    path: Annotated[Path, typer.Argument(help="NDJSON of id, field (title or abstract), language, text and by.")],
    data: Data = None,
) -> None:
    """Bring in whole texts that people translated. They are judged as a model's are, and stand above them."""
    from cli.index import update_index
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from translation.people import bring_in

    into = folder(data)
    with opened(path) as lines, Catalogue(into, write=True) as catalogue:
        brought = bring_in(lines, catalogue, utc_now())
    typer.echo(f"Kept {brought.kept:,} texts; {len(brought.left_out):,} left out.")
    for sentence in brought.left_out:
        say(f"Left out: {sentence}.")
    if brought.kept:
        update_index(into)
    if brought.left_out:
        raise typer.Exit(1)
