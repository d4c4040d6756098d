"""`paperglot zotero`: papers into Zotero."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from cli.chosen import chosen
from cli.extras import needs
from cli.options import Data
from cli.output import counted, progress, say
from papers.errors import PaperglotError, UsageError

if TYPE_CHECKING:
    from delivery.zotero.library import Pushed

# More papers than this are pushed only where the call says how many.
_MOST_UNASKED = 2000

zotero = typer.Typer(help="Papers into a collection of Zotero.", no_args_is_help=True)


class NotPushed(PaperglotError):
    """Raised by `push`: Zotero did not take every paper, or there was none to push."""


@zotero.callback()
def _zotero() -> None:
    pass


@zotero.command("push")
def push(
    collection: Annotated[str, typer.Option(help="The name of the collection.")],
    query: Annotated[str, typer.Option(help="Which papers, in the query language.")] = "",
    id: Annotated[list[str], typer.Option(help="The arXiv id of a paper; can be repeated.")] = [],  # noqa: B006
    most: Annotated[
        int | None, typer.Option(min=1, help="Push at most so many papers, the newest of the search.")
    ] = None,
    data: Data = None,
) -> None:
    """Put papers into a collection of Zotero, with their translations.

    Without a key, they go to the Zotero that runs on this machine; [zotero] of the settings can name a key of
    zotero.org. A paper that Zotero has already, by its arXiv id or DOI, is not added again.
    """
    from delivery.zotero.settings import ZoteroSettings
    from translation.settings import TranslationSettings

    if not query.strip() and not id:
        raise UsageError("Say which papers: with --query, or with --id.")
    documents = list(islice(chosen(query, id, "newest", data), most or _MOST_UNASKED + 1))
    if not documents:
        raise NotPushed("No paper matches, so nothing was pushed.")
    if not most and len(documents) > _MOST_UNASKED:
        raise UsageError(f"More than {_MOST_UNASKED:,} papers match: narrow the search, or say how many with --most.")
    with needs("zotero", "paperglot zotero"):
        from delivery.zotero import push as pushing
    library = pushing.library(ZoteroSettings.load(), collection)
    languages = TranslationSettings.load().to
    with progress(f"Pushing into '{collection}'") as advance:
        pushed = pushing.push(documents, library, languages, lambda pushed: advance(pushed.added, len(documents)))
    _report(pushed, collection)


def _report(pushed: Pushed, collection: str) -> None:
    typer.echo(f"{counted(pushed.added, 'paper')} added to '{collection}', {pushed.there:,} there already.")
    if pushed.put_in:
        typer.echo(f"{counted(pushed.put_in, 'paper')} of the library put into it.")
    if pushed.in_trash:
        say(f"{counted(pushed.in_trash, 'paper')} left in Zotero's trash.")
    for sentence in pushed.refused:
        say(f"Zotero does not take {sentence}.")
    if pushed.elsewhere:
        raise NotPushed(
            f"{counted(pushed.elsewhere, 'paper')} of the library cannot be put into '{collection}' without a key."
        )
    if pushed.refused:
        raise NotPushed(f"Zotero did not take {counted(len(pushed.refused), 'paper')}.")
