"""`paperglot crawl`, `import` and `parse`: papers come in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.correcting import import_translations
from cli.options import Data, folder
from cli.progress import progress
from cli.running import Wait, as_run, is_step, say, tell_run
from papers.errors import PaperglotError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.configuration import CrawlSettings
    from crawler.plan import Run
    from crawler.run import Next
    from papers.paper import Page, Sighting

import_app = typer.Typer(help="Bring in papers from a file.", no_args_is_help=True)


def crawl(
    spider: Annotated[
        str | None,
        typer.Argument(
            help="One spider: arxiv_new, arxiv_catchup, huggingface_daily. By default what the settings say, and what "
            "is missing of the last seven days."
        ),
    ] = None,
    argument: Annotated[
        list[str] | None,
        typer.Option("--argument", "-a", metavar="NAME=VALUE", help="An argument of the spider; may be repeated."),
    ] = None,
    wait: Wait = False,
    retry_refused: Annotated[
        bool, typer.Option("--retry-refused", help="Ask again at once where a site denied access or asked to wait.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Scrapy's log.")] = False,
    data: Data = None,
) -> None:
    """Fetch new papers, slowly: arXiv allows one request in 15 seconds. What is there already is not fetched.

    Exit code 0: all is there. 3: something is partial, stale or not there yet, and the next run goes on. 1: something
    failed.
    """
    from crawler.configuration import CrawlSettings, check_contact, former_settings
    from crawler.plan import Run
    from crawler.run import check_all, daily_runs

    pairs = dict(_pair(text) for text in argument or [])
    if pairs and spider is None:
        raise UsageError("Arguments go with one spider: 'paperglot crawl arxiv_new -a categories=cs.CL'.")
    settings = CrawlSettings.load()
    into = folder(data)
    if is_step(into):
        runs, then = ([Run(spider, pairs)], None) if spider else daily_runs(into, settings)
        carry_out(runs, into, settings, then=then, verbose=verbose)
        return
    if sentence := former_settings(settings):
        say(sentence)
    if retry_refused:
        _lift(settings)
    if spider:
        check_all([Run(spider, pairs)])
    else:
        check_contact(settings)
    arguments = ["crawl", *([spider] if spider else ())]
    arguments += [word for text in argument or () for word in ("-a", text)]
    as_run(into, "crawl", [*arguments, *(["--verbose"] if verbose else ())], wait=wait)


def carry_out(
    runs: Sequence[Run], into: Path, settings: CrawlSettings, *, then: Next | None = None, verbose: bool = False
) -> None:
    """Run spiders: say first what is planned, at last what became of it, and end with the code that says so."""
    from crawler import sites
    from crawler.report import DONE, STOPPED, RunReport, announcement, counts, failures, summary
    from crawler.run import run, whole_report
    from papers.calendar import utc_now

    if not runs:
        typer.echo(announcement([]))
        return

    pace = sites.sites(settings)[sites.ARXIV].delay or 0.0

    def page_kept(page: Page) -> None:
        if not verbose:
            where = page.category or "daily papers"
            say(f"{where} of {page.day}: {len(page.sightings)} papers, {page.state.value}")

    spiders = run(
        runs,
        into,
        on_page=page_kept,
        on_plan=lambda listings: typer.echo(announcement(listings, pace)),
        then=then or (lambda one: ()),
        quiet=not verbose,
    )
    for one in spiders:
        if one.stopped and not one.pages:
            continue
        typer.echo(f"{one.spider}: {_count(one.papers, 'paper')} on {_count(one.pages, 'page')}; "
                   f"{one.new:,} new, {one.changed:,} changed.")  # fmt: skip
        for sentence in one.trouble:
            say(f"paperglot: {one.spider}: {sentence}")
    report: RunReport = whole_report(spiders, into, settings, utc_now())
    for line in summary(report):
        typer.echo(line)
    sys.stdout.flush()
    tell_run("crawl", counts(report), failures(report))
    if report.exit_code == STOPPED:
        raise typer.Abort
    if report.exit_code != DONE:
        raise typer.Exit(report.exit_code)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _lift(settings: CrawlSettings) -> None:
    from crawler.pace import lift
    from papers.calendar import utc_now

    for site in lift(settings, utc_now().timestamp()):
        say(f"{site} is asked again.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"'{text}' is not NAME=VALUE, such as categories=cs.CL,cs.LG.")
    return name, value


@import_app.callback()
def _import() -> None:
    pass


import_app.command("translations")(import_translations)


@import_app.command("kaggle")
def import_kaggle(
    file: Annotated[Path, typer.Argument(help="arxiv-metadata-oai-snapshot.json, also as .gz or inside a .zip.")],
    data: Data = None,
) -> None:
    """Import arXiv's metadata snapshot from Kaggle. A run that was stopped carries on where it was."""
    from cli.index import bring_up
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
                bring_up(data=into)
            raise
        kept = done.kept
        resumed = f" (from line {done.resumed_at + 1:,} on)" if done.resumed_at else ""
        typer.echo(
            f"Imported{resumed} {kept.new:,} new papers; {kept.changed:,} changed, {kept.same:,} were the same; "
            f"{done.bad_lines:,} bad lines were skipped."
        )
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
        say(f"paperglot: warning: {warning}")
    more = f"; the listing goes on at {page.resume} of {page.total}" if page.resume and page.total else ""
    say(f"paperglot: {_count(len(page.sightings), 'paper')}, {page.state.value}{more}")


def _as_json(sighting: Sighting) -> str:
    import orjson

    return orjson.dumps(sighting, default=list).decode()
