"""`paperglot crawl`: fetch new papers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import counted, say
from cli.steps import Wait, as_run, is_step, tell_run
from papers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.plan import Run
    from crawler.run import Next
    from crawler.settings import CrawlSettings
    from papers.paper import Page


def crawl(
    spider: Annotated[
        str | None,
        typer.Argument(
            help="One spider, such as arxiv_oai; docs/scrapy.md names them all. By default what the settings name, and "
            "what is missing of the last seven days."
        ),
    ] = None,
    argument: Annotated[
        list[str] | None,
        typer.Option("--argument", "-a", metavar="NAME=VALUE", help="An argument of the spider; may be repeated."),
    ] = None,
    wait: Wait = False,
    retry_refused: Annotated[
        bool,
        typer.Option("--retry-refused", help="Ask sites again at once, even if they denied access or asked to wait."),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Scrapy's log.")] = False,
    data: Data = None,
) -> None:
    """Fetch new papers.

    This is slow: arXiv allows one request in 15 seconds. What is there already is not fetched.

    Exit code 0: all is there. 3: something is partial, stale or not there yet, and the next run goes on. 1: something
    failed.
    """
    from crawler.plan import Run
    from crawler.run import check_all, daily_runs
    from crawler.settings import CrawlSettings, check_contact, former_settings

    pairs = dict(_pair(text) for text in argument or [])
    if pairs and spider is None:
        raise UsageError("Arguments go with one spider: 'paperglot crawl arxiv_new -a categories=cs.CL'.")
    settings = CrawlSettings.load()
    data_folder = folder(data)
    if is_step(data_folder):
        runs, then = ([Run(spider, pairs)], None) if spider else daily_runs(data_folder, settings)
        carry_out(runs, data_folder, settings, then=then, verbose=verbose)
        return
    if sentence := former_settings(settings):
        say(sentence)
    if retry_refused:
        _lift_refusals(settings)
    if spider:
        check_all([Run(spider, pairs)])
    else:
        check_contact(settings)
    arguments = ["crawl", *([spider] if spider else ())]
    arguments += [word for text in argument or () for word in ("-a", text)]
    as_run(data_folder, "crawl", [*arguments, *(["--verbose"] if verbose else ())], wait=wait)


def carry_out(
    runs: Sequence[Run], data_folder: Path, settings: CrawlSettings, *, then: Next | None = None, verbose: bool = False
) -> None:
    """Run spiders. Print the plan before and the results after.

    Raises typer.Abort if the crawl was stopped, and typer.Exit with the exit code if it is not complete.
    """
    from crawler import sites
    from crawler.report import DONE, STOPPED, RunReport, announcement, counts, failures, name_of, summary
    from crawler.run import run, whole_report
    from papers.calendar import utc_now

    if not runs:
        typer.echo(announcement([]))
        return

    pace = sites.sites(settings)[sites.ARXIV].delay or 0.0

    def page_kept(page: Page) -> None:
        if not verbose:
            assert page.listing is not None
            say(f"{name_of(page.listing)}: {counted(len(page.sightings), 'paper')}, {page.state.value}")

    spiders = run(
        runs,
        data_folder,
        on_page=page_kept,
        on_plan=lambda listings: typer.echo(announcement(listings, pace)),
        then=then or (lambda spider_run: ()),
        quiet=not verbose,
    )
    for result in spiders:
        if result.stopped and not result.pages:
            continue
        typer.echo(f"{result.spider}: {counted(result.papers, 'paper')} on {counted(result.pages, 'page')}; "
                   f"{result.new:,} new, {result.changed:,} changed.")  # fmt: skip
        for sentence in result.trouble:
            say(f"paperglot: {result.spider}: {sentence}")
    report: RunReport = whole_report(spiders, data_folder, settings, utc_now())
    for line in summary(report):
        typer.echo(line)
    sys.stdout.flush()
    tell_run("crawl", counts(report), failures(report))
    if report.exit_code == STOPPED:
        raise typer.Abort
    if report.exit_code != DONE:
        raise typer.Exit(report.exit_code)


def _lift_refusals(settings: CrawlSettings) -> None:
    from crawler.pace import lift
    from papers.calendar import utc_now

    for site in lift(settings, utc_now().timestamp()):
        say(f"{site} is asked again.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"'{text}' is not NAME=VALUE, such as categories=cs.CL,cs.LG.")
    return name, value
