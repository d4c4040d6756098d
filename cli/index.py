"""`paperglot index`: bring the index up to date with the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import Data, folder
from cli.output import progress
from cli.steps import is_step, tell_run

if TYPE_CHECKING:
    from pathlib import Path


def index(data: Data = None) -> None:
    """Bring the index up to date with the catalogue.

    A crawl and an import do this by themselves.
    """
    update_index(folder(data))


def update_index(data_folder: Path, *, rebuild: bool = False, take_over: bool = False, force: bool = False) -> None:
    """Bring the index up to date with the catalogue and print what was done.

    With `rebuild` the index is made anew. `take_over` and `force` permit it also in the place of another catalogue's
    index, or of one whose papers the catalogue does not have.
    """
    from indexer.engines import open_engine
    from indexer.lag import Relation, relation
    from indexer.update import update
    from papers.catalogue import Catalogue
    from papers.store import forget_lost
    from translation.settings import TranslationSettings

    languages = TranslationSettings.load().to
    engine = open_engine(data_folder)
    if force:
        forget_lost(data_folder)
    # A write connection also brings a catalogue of an older version up to this one.
    with Catalogue(data_folder, write=True) as catalogue, progress("Indexing") as advance:
        former_state = engine.state() if force or take_over else None
        if former_state and former_state.documents and relation(catalogue, former_state) is not Relation.SAME:
            typer.echo(f"The former index of {former_state.documents:,} papers is given up.")
        result = update(
            catalogue,
            engine,
            languages=languages,
            rebuild=rebuild,
            take_over=take_over,
            force=force,
            progress=advance,
        )
    tell_run("index", {"papers_indexed": result.papers, "papers_removed": result.deleted})
    if result.reason:
        typer.echo(result.reason)
    if is_step(data_folder):
        return  # the run has its own record
    if result.left_to_another:
        typer.echo("Another process is indexing already and will finish the work.")
    else:
        destination = " into a new index" if result.rebuilt else ""
        if result.carried_on:
            destination = f" into the index that was begun with {result.carried_on:,}"
        typer.echo(f"Indexed {result.papers:,} papers{destination}; took out {result.deleted:,}.")
