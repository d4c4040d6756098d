"""`paperglot index`: bring the index up to the catalogue. Crawls and imports do this by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import Data, folder
from cli.output import progress
from cli.steps import is_step, tell_run

if TYPE_CHECKING:
    from pathlib import Path


def index(data: Data = None) -> None:
    """Bring the index up to the catalogue. A crawl and an import do this by themselves."""
    update_index(folder(data))


def update_index(into: Path, *, rebuild: bool = False, take_over: bool = False, force: bool = False) -> None:
    """Bring the index of a data folder up to its catalogue, and print what was done; see `indexer.update.update`."""
    from indexer.engines import open_engine
    from indexer.lag import Relation, relation
    from indexer.update import update
    from papers.catalogue import Catalogue
    from papers.store import forget_lost
    from translation.settings import TranslationSettings

    languages = TranslationSettings.load().to
    engine = open_engine(into)
    if force:
        forget_lost(into)
    # A write connection: it also brings an older catalogue up to this version.
    with Catalogue(into, write=True) as catalogue, progress("Indexing") as advance:
        before = engine.state() if force or take_over else None
        if before and before.documents and relation(catalogue, before) is not Relation.SAME:
            typer.echo(f"The former index of {before.documents:,} papers is given up.")
        done = update(
            catalogue,
            engine,
            languages=languages,
            rebuild=rebuild,
            take_over=take_over,
            force=force,
            progress=advance,
        )
    tell_run("index", {"papers_indexed": done.papers, "papers_removed": done.deleted})
    if done.reason:
        typer.echo(done.reason)
    if is_step(into):
        return  # the run has its own record
    if done.left_to_another:
        typer.echo("Another process is indexing already and will finish the work.")
    else:
        anew = " into a new index" if done.rebuilt else ""
        if done.carried_on:
            anew = f" into the index that was begun with {done.carried_on:,}"
        typer.echo(f"Indexed {done.papers:,} papers{anew}; took out {done.deleted:,}.")
