"""Runs spiders from Python, one after another. Once a process: Twisted's reactor cannot be started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import pace, plan
from crawler.followed import coverage_of
from crawler.pipelines import FAILURE
from crawler.plan import Run
from crawler.report import RunReport, SpiderReport
from crawler.settings import CrawlSettings, check_contact
from crawler.spiders.base import PaperSpider
from papers import calendar
from papers.calendar import utc_now
from papers.coverage import CoverageState
from papers.errors import UsageError
from papers.paper import Attempt, Listing, Page


class UnknownSpider(UsageError):
    """Raised by `check`: no spider has this name."""


def planned_listings(spiders: SpiderLoader, runs: Sequence[Run]) -> list[Listing]:
    """What these runs will ask for, if it is not there by then."""
    return [listing for run in runs for listing in spiders.load(run.spider)(**run.arguments).planned()]


Next = Callable[[Run], Sequence[Run]]


def run(
    runs: Sequence[Run],
    folder: Path,
    *,
    on_page: Callable[[Page], None] = lambda page: None,
    before: Callable[[Run], None] = lambda run: None,
    then: Next = lambda run: (),
    on_plan: Callable[[list[Listing]], None] = lambda listings: None,
    quiet: bool = False,
) -> tuple[SpiderReport, ...]:
    """Run these spiders into the data folder `folder`; how each went.

    `on_plan` is called with all that is planned, `before` as each spider starts, `on_page` with each page that was
    kept, and `then` after each spider: what it returns runs next. With `quiet` only warnings are logged. Ctrl-C ends
    the present spider after the page it is at, and the rest is left out.
    """
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings", priority="project")
    settings.set("PAPERGLOT_DATA", str(folder), priority="cmdline")
    if quiet:
        settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for one in runs:
        check(process.spider_loader, one)
    on_plan(planned_listings(process.spider_loader, runs))
    reports: list[SpiderReport] = []

    def item_kept(item: Page | Attempt) -> None:
        if isinstance(item, Page):
            on_page(item)

    all_ran = False

    async def one_after_another() -> None:
        nonlocal all_ran
        waiting = list(runs)
        try:
            while waiting:
                one = waiting.pop(0)
                before(one)
                crawler = process.create_crawler(one.spider)
                crawler.signals.connect(item_kept, signal=signals.item_scraped, weak=False)
                await process.crawl(crawler, **one.arguments)
                reports.append(report_of(one.spider, crawler))
                if reports[-1].stopped:
                    break
                waiting[:0] = then(one)
            all_ran = True
        finally:
            await process.stop()
            _stop_reactor()

    from twisted.internet import reactor

    reactor.callWhenRunning(lambda: asyncio.ensure_future(one_after_another()))
    process.start(stop_after_crawl=False)
    if not all_ran:  # told to stop before the first spider, or between two
        reports.append(SpiderReport(runs[-1].spider, stopped=True))
    return tuple(reports)


def check_all(runs: Sequence[Run]) -> None:
    """Raise a UsageError where one of these runs could not begin."""
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings", priority="project")
    spiders = SpiderLoader(settings)
    for one in runs:
        check(spiders, one)


def report_of(name: str, crawler: Crawler) -> SpiderReport:
    """How the spider of a finished crawler fared."""
    stats: dict[str, Any] = crawler.stats.get_stats()
    spider = crawler.spider
    reason = stats.get("finish_reason")
    trouble = []
    if reason not in ("finished", "shutdown"):
        why = stats.get(FAILURE, f"reason: {reason or 'before it began'}.")
        trouble.append(f"It ended early, and the next run carries on. {why}")
    known = spider if isinstance(spider, PaperSpider) else None
    return SpiderReport(
        spider=name,
        papers=stats.get("paperglot/papers", 0),
        new=stats.get("paperglot/new", 0),
        changed=stats.get("paperglot/changed", 0),
        pages=stats.get("paperglot/pages", 0),
        planned=tuple(known.planned()) if known else (),
        attempts=tuple(known.attempts) if known else (),
        complete_already=tuple(known.complete_already) if known else (),
        requests=stats.get("downloader/request_count", 0),
        retries=stats.get("retry/count", 0),
        stopped=reason == "shutdown",
        trouble=tuple(trouble),
    )


def whole_report(spiders: Sequence[SpiderReport], folder: Path, settings: CrawlSettings, now: datetime) -> RunReport:
    """The report of a run that ended at `now`, with what is missing of the last days and what there is to say."""
    gaps = [day for day in coverage_of(folder, settings, now) if day.state is CoverageState.MISSING]
    reminder = calendar.reminder(now)
    return RunReport(tuple(spiders), tuple(gaps), (reminder,) if reminder else ())


def check(spiders: SpiderLoader, one: Run) -> None:
    """Raise a UsageError where this run could not begin: an unknown spider, a bad argument, no contact."""
    try:
        spider = spiders.load(one.spider)
    except KeyError:
        known = ", ".join(sorted(spiders.list()))
        raise UnknownSpider(f"There is no spider '{one.spider}'; there are {known}.") from None
    crawl_settings = spider(**one.arguments).crawl_settings
    check_contact(crawl_settings)
    pace.Pace(crawl_settings)  # a pace folder that cannot be trusted is said before anything begins


def daily_runs(folder: Path, settings: CrawlSettings) -> tuple[list[Run], Next]:
    """The runs of an ordinary crawl as of now, and what follows today's lists where they were short or old."""
    now = utc_now()
    refused = pace.stops(settings, now.timestamp())
    runs = plan.daily(coverage_of(folder, settings, now), now, refused)

    def then(one: Run) -> Sequence[Run]:
        later = utc_now()
        return plan.next_source(coverage_of(folder, settings, later), later) if one.spider == "arxiv_new" else ()

    return runs, then


def _stop_reactor() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()
