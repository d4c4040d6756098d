"""`paperglot import`: bring in papers and translations from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder, opened
from cli.output import progress, say
from papers.errors import PaperglotError

import_app = typer.Typer(help="Bring in papers and translations from files.", no_args_is_help=True)


@import_app.callback()
def _import() -> None:
    pass


@import_app.command("kaggle")
def import_kaggle(
    file: Annotated[Path, typer.Argument(help="arxiv-metadata-oai-snapshot.json, plain, as .gz, or inside a .zip.")],
    data: Data = None,
) -> None:
    """Import arXiv's metadata snapshot from Kaggle. A stopped import carries on where it was."""
    from cli.index import update_index
    from crawler import snapshot
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    data_folder = folder(data)
    with Catalogue(data_folder, write=True) as catalogue:
        seq_before = catalogue.seq
        try:
            with progress("Importing", "bytes") as advance:
                result = snapshot.run(file, catalogue, utc_now, say, advance)
        except PaperglotError:
            if catalogue.seq != seq_before:  # so that papers kept before the fault can be found
                update_index(data_folder)
            raise
        counts = result.kept
        resumed = f" (from line {result.resumed_at + 1:,} on)" if result.resumed_at else ""
        typer.echo(
            f"Imported{resumed} {counts.new:,} new papers; {counts.changed:,} changed, {counts.same:,} were the same; "
            f"{result.bad_lines:,} bad lines were skipped."
        )
    update_index(data_folder)


@import_app.command("translations")
def import_translations(
    path: Annotated[
        Path, typer.Argument(help="NDJSON: id, field (title or abstract), language, text and by on each line.")
    ],
    data: Data = None,
) -> None:
    """Import whole texts that people translated.

    They are judged as the texts of a model are, and take precedence over those.
    """
    from cli.index import update_index
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from translation.people import bring_in

    data_folder = folder(data)
    with opened(path) as lines, Catalogue(data_folder, write=True) as catalogue:
        result = bring_in(lines, catalogue, utc_now())
    typer.echo(f"Kept {result.kept:,} texts; {len(result.left_out):,} left out.")
    for sentence in result.left_out:
        say(f"Left out: {sentence}.")
    if result.kept:
        update_index(data_folder)
    if result.left_out:
        raise typer.Exit(1)
