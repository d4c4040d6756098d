"""`paperglot parse`: try a parser by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import opened
from cli.output import counted, say
from papers.errors import UsageError

if TYPE_CHECKING:
    from papers.paper import Sighting


def parse(
    format: Annotated[str, typer.Argument(help="arxiv-listing, arxiv-rss, kaggle, …; a wrong name shows all.")],
    file: Annotated[Path, typer.Argument(help="The page or file, exactly as received; - is standard input.")],
    url: Annotated[str, typer.Option(help="The address it came from; some pages give more with it.")] = "",
) -> None:
    """Try a parser on one page or file.

    Prints one JSON object per line: each paper as it would be kept.
    """
    from crawler.parsers import FORMATS, parser

    if format not in FORMATS:
        raise UsageError(f"There is no format '{format}'; there are {', '.join(FORMATS)}.")
    with opened(file) as page_file:
        page = parser(format)(page_file.read(), url)
    for sighting in page.sightings:
        sys.stdout.write(_as_json(sighting) + "\n")
    for warning in page.warnings:
        say(f"paperglot: warning: {warning}")
    more = f"; the listing goes on at {page.resume} of {page.total}" if page.resume and page.total else ""
    say(f"paperglot: {counted(len(page.sightings), 'paper')}, {page.state.value}{more}")


def _as_json(sighting: Sighting) -> str:
    import orjson

    return orjson.dumps(sighting, default=list).decode()
