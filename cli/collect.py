"""`paperglot crawl`, `import` and `parse`: papers come in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.progress import progress
from papers.errors import UsageError

if TYPE_CHECKING:
    from crawler.plan import Run
    from papers.paper import Page, Sighting

import_app = typer.Typer(help="Bring in papers from a file.", no_args_is_help=True)


def crawl(
    spider: Annotated[
        str | None, typer.Argument(help="One spider: arxiv_new, huggingface_daily. By default what the settings say.")
    ] = None,
    argument: Annotated[
        list[str] | None,
        typer.Option("--argument", "-a", metavar="NAME=VALUE", help="An argument of the spider; may be repeated."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Scrapy's log.")] = False,
    data: Data = None,
) -> None:
    """Fetch new papers, slowly: arXiv allows one request in 15 seconds. What is there already is not fetched."""
    from crawler.configuration import CrawlSettings
    from crawler.plan import Run, daily
    from crawler.run import run

    arguments = dict(_pair(text) for text in argument or [])
    if arguments and spider is None:
        raise UsageError("Arguments go with one spider: 'paperglot crawl arxiv_new -a categories=cs.CL'.")
    runs: list[Run] = [Run(spider, arguments)] if spider else daily(CrawlSettings.load())
    into = folder(data)
    papers = pages = 0

    def kept(page: Page) -> None:
        nonlocal papers, pages
        papers, pages = papers + len(page.sightings), pages + 1
        if not verbose:
            where = page.listing or "daily papers"
            print(f"{where} of {page.day}: {len(page.sightings)} papers, {page.state.value}", file=sys.stderr)

    outcomes = run(runs, into, on_page=kept, quiet=not verbose)
    for outcome in outcomes:
        typer.echo(
            f"{outcome.spider}: {outcome.papers:,} papers on {outcome.pages} pages; "
            f"{outcome.new:,} new, {outcome.changed:,} changed."
        )
        for failure in outcome.failures:
            print(f"{outcome.spider}: {failure}", file=sys.stderr)
    if any(outcome.stopped for outcome in outcomes):
        raise typer.Abort
    if len(outcomes) < len(runs) or any(outcome.failures for outcome in outcomes):
        raise typer.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"'{text}' is no NAME=VALUE, such as categories=cs.CL,cs.LG.")
    return name, value


@import_app.callback()
def _import() -> None:
    pass


@import_app.command("kaggle")
def import_kaggle(
    file: Annotated[Path, typer.Argument(help="arxiv-metadata-oai-snapshot.json, also as .gz or inside a .zip.")],
    data: Data = None,
) -> None:
    """Import arXiv's metadata snapshot from Kaggle. A run that was stopped carries on where it was."""
    from crawler import snapshot
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue

    into = folder(data)
    with Catalogue(into, write=True) as catalogue:
        with progress("Importing", "bytes") as advance:
            done = snapshot.run(file, catalogue, utc_now, lambda line: print(line, file=sys.stderr), advance)
        kept = done.kept
        resumed = f" (from line {done.resumed_at + 1:,} on)" if done.resumed_at else ""
        typer.echo(
            f"Imported{resumed} {kept.new:,} new papers; {kept.changed:,} changed, {kept.same:,} were the same; "
            f"{done.bad_lines:,} bad lines were skipped."
        )
    from cli.index import bring_up

    bring_up(data=into)


def parse(
    format: Annotated[str, typer.Argument(help="arxiv-listing, huggingface-daily or kaggle.")],
    file: Annotated[Path, typer.Argument(help="A page or a file as it was received; - is standard input.")],
    url: Annotated[str, typer.Option(help="Where it came from; some pages say less without.")] = "",
) -> None:
    """Try a parser by hand: one JSON object a line for each paper in a page, as it would be kept."""
    from crawler.parsers import FORMATS, parser

    if format not in FORMATS:
        raise UsageError(f"There is no format '{format}'; there are {', '.join(FORMATS)}.")
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    page = parser(format)(body, url)
    for sighting in page.sightings:
        sys.stdout.write(_as_json(sighting) + "\n")
    for warning in page.warnings:
        print(f"paperglot: warning: {warning}", file=sys.stderr)
    said = f"{len(page.sightings)} papers, {page.state.value}"
    more = f"; the listing goes on at {page.next_offset} of {page.total}" if page.next_offset and page.total else ""
    print(f"paperglot: {said}{more}", file=sys.stderr)


def _as_json(sighting: Sighting) -> str:
    import orjson

    return orjson.dumps(sighting, default=list).decode()
