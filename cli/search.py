"""`paperglot search`: find papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError

if TYPE_CHECKING:
    from indexer.results import Hit


def search(
    text: Annotated[list[str], typer.Argument(help='Words, all of which must be found, and "phrases".')],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: the total, and id and title of each hit.")
    ] = False,
    sort: Annotated[
        str, typer.Option(help="relevance, newest or upvotes; by default relevance, or newest if there are no words.")
    ] = "",
    size: Annotated[int, typer.Option(help="How many papers to show, up to 100.")] = 10,
    page: Annotated[int, typer.Option(help="Which page of the results to show.")] = 1,
    data: Data = None,
) -> None:
    """Find papers. An arXiv id, in any form, finds its paper."""
    import orjson

    from delivery.present import present
    from indexer.engine import NoIndex
    from indexer.engines import open_engine
    from indexer.query.parse import parse
    from indexer.query.search import Search, Sort
    from indexer.results import Hit, Results
    from papers.catalogue import Catalogue

    if sort and sort not in tuple(Sort):
        raise UsageError(f"There is no order '{sort}'; there are {', '.join(Sort)}.")
    engine = open_engine(folder(data))
    parsed = parse(" ".join(text))
    order = Sort(sort) if sort else Sort.NEWEST if parsed.is_empty else Sort.RELEVANCE
    try:
        named_paper = engine.get(parsed.jump) if parsed.jump else None
        results = (
            Results(1, (Hit(named_paper),))
            if named_paper
            else engine.search(Search(query=parsed.query, sort=order, size=size, page=page))
        )
    except NoIndex:
        Catalogue(folder(data)).close()  # raises a clearer error if there is no catalogue at all
        raise
    if as_json:
        hits = [{"id": hit.document.id, "title": _title(hit)} for hit in results.hits]
        typer.echo(orjson.dumps({"total": results.total, "hits": hits}).decode())
        return
    typer.echo(f"{results.total:,} papers")
    for hit in results.hits:
        document = hit.document
        more = " …" if len(document.authors) > 3 else ""
        typer.echo(f"\n{document.id}  {_title(hit)}")
        typer.echo(f"  {', '.join(document.authors[:3])}{more}")
        details = (present(hit).day, " ".join(document.categories), f"https://arxiv.org/abs/{document.id}")
        typer.echo("  " + "  ".join(part for part in details if part))


def _title(hit: Hit) -> str:
    document = hit.document
    return document.title.get(document.language) or next(iter(document.title.values()), "")
