"""`paperglot search`: find papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError

if TYPE_CHECKING:
    from indexer.find import Answer
    from indexer.results import Hit


def search(
    text: Annotated[list[str], typer.Argument(help="Words, phrases and fields, in the query language.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: the total, and id, title and tier of each hit.")
    ] = False,
    sort: Annotated[
        str, typer.Option(help="relevance, newest or upvotes; by default relevance, or newest if there are no words.")
    ] = "",
    size: Annotated[int, typer.Option(help="How many papers to show, up to 100.")] = 10,
    page: Annotated[int, typer.Option(help="Which page of the results to show.")] = 1,
    data: Data = None,
) -> None:
    """Find papers. An arXiv id, in any form, finds its paper."""
    from indexer import lexicon, topics
    from indexer.engine import NoIndex
    from indexer.engines import open_engine
    from indexer.find import find
    from indexer.query.request import Request
    from indexer.query.search import Sort
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    if sort and sort not in tuple(Sort):
        raise UsageError(f"There is no order '{sort}'; there are {', '.join(Sort)}.")
    request = Request(text=" ".join(text), sort=Sort(sort) if sort else None, size=size, page=page)
    today = utc_now().date()
    try:
        answer = find(
            open_engine(folder(data)),
            request,
            today=today,
            topics=topics.load(folder(data), today).queries,
            lexicon=lexicon.load(folder(data)),
        )
    except NoIndex:
        Catalogue(folder(data)).close()  # raises a clearer error if there is no catalogue at all
        raise
    _print_json(answer) if as_json else _print(answer)


def _print_json(answer: Answer) -> None:
    import orjson

    hits = [{"id": hit.document.id, "title": hit.document.own_title, "tier": tier} for tier, hit in answer.all_hits]
    unread = [{"text": part.text, "reason": part.reason} for part in answer.reading.unread]
    body = {"total": answer.results.total, "read_as": answer.reading.understood, "unread": unread, "hits": hits}
    typer.echo(orjson.dumps(body).decode())


_HEADINGS = {
    "most": "With most of these words",
    "some": "With some of these words",
    "translated": "Also from the other language",
}


def _print(answer: Answer) -> None:
    for part in answer.reading.unread:
        typer.echo(f"'{part.text}' was not read as it was meant ({part.reason}).", err=True)
    typer.echo(f"{answer.results.total:,} papers")
    for hit in answer.results.hits:
        _print_hit(hit)
    if answer.correction:
        typer.echo(f"\nDid you mean: {answer.correction.text} ({answer.correction.total:,} papers)")
    for tier in answer.further:
        typer.echo(f"\n{_HEADINGS[tier.tier]}: {tier.total:,} papers")
        for hit in tier.hits:
            _print_hit(hit)


def _print_hit(hit: Hit) -> None:
    document = hit.document
    more = " …" if len(document.authors) > 3 else ""
    typer.echo(f"\n{document.id}  {hit.document.own_title}")
    typer.echo(f"  {', '.join(document.authors[:3])}{more}")
    withdrawn = "withdrawn" if document.is_withdrawn else ""
    details = (withdrawn, document.shown_day, " ".join(document.categories), f"https://arxiv.org/abs/{document.id}")
    typer.echo("  " + "  ".join(part for part in details if part))
