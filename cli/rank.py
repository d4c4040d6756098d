"""`paperglot rank`: the papers of a day, those first that are like what you read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError

if TYPE_CHECKING:
    from indexer.engine import SearchEngine
    from indexer.query.search import Search
    from indexer.rank import Liked


def rank(
    bib: Annotated[Path | None, typer.Option(help="A BibTeX file of papers that you like.")] = None,
    like: Annotated[list[str], typer.Option(help="The arXiv id of a paper that you like; can be repeated.")] = [],  # noqa: B006
    text: Annotated[
        str, typer.Option("--search", help="Which papers to order, in the query language; by default the newest day's.")
    ] = "",
    size: Annotated[int, typer.Option(min=1, help="How many papers to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: id, title, likeness and words of each.")] = False,
    data: Data = None,
) -> None:
    """Order papers by their likeness to those that you like, with the words that say why."""
    import orjson

    from indexer.engines import open_engine
    from indexer.rank import rank as ranking

    if bib is None and not like:
        raise UsageError("Name papers that you like: --bib FILE, or --like ID.")
    engine = open_engine(folder(data))
    liked = [*(_of_bib(bib, engine) if bib else []), *_of_ids(like, engine)]
    ranked = ranking(liked, engine.iterate(_asked(engine, text)))[:size]
    if as_json:
        rows = [
            {"id": r.document.id, "title": r.document.own_title, "likeness": round(r.likeness, 4), "words": r.words}
            for r in ranked
        ]
        typer.echo(orjson.dumps(rows, default=list).decode())
        return
    for paper in ranked:
        typer.echo(f"\n{paper.document.id}  {paper.document.own_title}")
        typer.echo(f"  {paper.likeness:.0%}  {', '.join(paper.words)}  https://arxiv.org/abs/{paper.document.id}")


def _asked(engine: SearchEngine, text: str) -> Search:
    """The search for a text; without one, for the papers of the newest day."""
    from indexer.query.reading import read
    from indexer.query.search import Search, Sort
    from indexer.query.tree import DateRange
    from papers.calendar import utc_now

    if text:
        reading = read(text, utc_now().date())
        if reading.unread:
            raise UsageError(f"'{reading.unread[0].text}' is not understood in this search.")
        return Search(query=reading.query, sort=Sort.NEWEST)
    newest = engine.search(Search(sort=Sort.NEWEST, size=1)).hits
    day = newest[0].document.day if newest else None
    return Search(query=DateRange("date", day, day), sort=Sort.NEWEST)


def _of_ids(ids: list[str], engine: SearchEngine) -> list[Liked]:
    from indexer.rank import liked_of
    from papers import identifiers

    liked = []
    for text in ids:
        document = engine.get(identifiers.key(text))
        if document is None:
            raise UsageError(f"{text} is not kept here: like a paper that is, or give its title in a BibTeX file.")
        liked.append(liked_of(document))
    return liked


def _of_bib(file: Path, engine: SearchEngine) -> list[Liked]:
    """The papers of a BibTeX file, with the texts of the index where it has them."""
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    from indexer.rank import Liked, liked_of
    from papers import identifiers
    from papers.normalise.text import clean

    try:
        entries = parse_string(file.read_text("utf-8"), "bibtex").entries.values()
    except (OSError, UnicodeDecodeError, PybtexError) as error:
        raise UsageError(f"The BibTeX file {file} cannot be read: {error}.") from error
    liked = []
    for entry in entries:
        named = next(filter(None, map(identifiers.parse, _places_of_id(entry.fields))), None)
        document = engine.get(named.key) if named else None
        title = (clean(entry.fields.get("title")) or "").replace("{", "").replace("}", "")
        if document or title:
            liked.append(liked_of(document) if document else Liked(title, clean(entry.fields.get("abstract")) or ""))
    if not liked:
        raise UsageError(f"The BibTeX file {file} has no entry with a title.")
    return liked


def _places_of_id(fields: Mapping[str, str]) -> list[str]:
    return [fields.get(name, "") for name in ("eprint", "arxivid", "url", "doi", "journal")]
