"""Runs spiders from Python, one after another. Only once in a process: Twisted's reactor cannot be restarted."""

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
from crawler.followed import coverage_of, difference_text, known
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
    """The listings that these runs will ask for, unless they are complete by then."""
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
    """Run these spiders into the data folder `folder`. Returns a report for each spider that ran.

    `on_plan` is called once, with all planned listings; `before` as each spider starts; `on_page` with each page that
    was kept; `then` after each spider, and the runs that it returns come next. With `quiet` only warnings are logged.
    Ctrl-C stops the current spider after the page it is reading, and no other spider starts. Raises a UsageError
    before anything is sent if one of the runs could not begin.
    """
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings", priority="project")
    settings.set("PAPERGLOT_DATA", str(folder), priority="cmdline")
    if quiet:
        settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for spider_run in runs:
        check(process.spider_loader, spider_run)
    on_plan(planned_listings(process.spider_loader, runs))
    reports: list[SpiderReport] = []

    def item_kept(item: Page | Attempt) -> None:
        if isinstance(item, Page):
            on_page(item)

    all_ran = False

    async def one_after_another() -> None:
        nonlocal all_ran
        queue = list(runs)
        try:
            while queue:
                spider_run = queue.pop(0)
                before(spider_run)
                crawler = process.create_crawler(spider_run.spider)
                crawler.signals.connect(item_kept, signal=signals.item_scraped, weak=False)
                await process.crawl(crawler, **spider_run.arguments)
                reports.append(report_of(spider_run.spider, crawler))
                if reports[-1].stopped:
                    break
                queue[:0] = then(spider_run)
            all_ran = True
        finally:
            await process.stop()
            _stop_reactor()

    from twisted.internet import reactor

    reactor.callWhenRunning(lambda: asyncio.ensure_future(one_after_another()))
    process.start(stop_after_crawl=False)
    if not all_ran:  # stopped before the first spider, or between two
        reports.append(SpiderReport(runs[-1].spider, stopped=True))
    return tuple(reports)


def check_all(runs: Sequence[Run]) -> None:
    """Raise a UsageError if one of these runs could not begin; see `check`."""
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings", priority="project")
    spiders = SpiderLoader(settings)
    for spider_run in runs:
        check(spiders, spider_run)


def report_of(name: str, crawler: Crawler) -> SpiderReport:
    """The report of a finished crawler's spider. `name` is the spider's name."""
    stats: dict[str, Any] = crawler.stats.get_stats()
    spider = crawler.spider
    reason = stats.get("finish_reason")
    trouble = []
    if reason not in ("finished", "shutdown"):
        detail = stats.get(FAILURE, f"reason: {reason or 'before it began'}.")
        trouble.append(f"It ended early, and the next run carries on. {detail}")
    paper_spider = spider if isinstance(spider, PaperSpider) else None
    return SpiderReport(
        spider=name,
        papers=stats.get("paperglot/papers", 0),
        new=stats.get("paperglot/new", 0),
        changed=stats.get("paperglot/changed", 0),
        pages=stats.get("paperglot/pages", 0),
        planned=tuple(paper_spider.planned()) if paper_spider else (),
        attempts=tuple(paper_spider.attempts) if paper_spider else (),
        complete_already=tuple(paper_spider.complete_already) if paper_spider else (),
        requests=stats.get("downloader/request_count", 0),
        retries=stats.get("retry/count", 0),
        stopped=reason == "shutdown",
        trouble=tuple(trouble),
    )


def whole_report(spiders: Sequence[SpiderReport], folder: Path, settings: CrawlSettings, now: datetime) -> RunReport:
    """The report of a run that ended at `now`: with the days that are missing, the papers of its lists that only one
    source has, and a reminder about the calendar."""
    coverage = coverage_of(folder, settings, now)
    gaps = [day for day in coverage if day.state is CoverageState.MISSING]
    read = {(a.listing.source, a.listing.category, a.listing.day) for spider in spiders for a in spider.attempts}
    differences = [
        difference_text(day, difference)
        for day in coverage
        if (*day.subject, day.day) in read
        for difference in day.differences
    ]
    reminder = calendar.reminder(now)
    return RunReport(tuple(spiders), tuple(gaps), tuple(differences), (reminder,) if reminder else ())


def check(spiders: SpiderLoader, spider_run: Run) -> None:
    """Raise a UsageError if this run could not begin: unknown spider, bad argument, no contact, unsafe pace folder."""
    try:
        spider = spiders.load(spider_run.spider)
    except KeyError:
        spider_names = ", ".join(sorted(spiders.list()))
        raise UnknownSpider(f"There is no spider '{spider_run.spider}'; there are {spider_names}.") from None
    crawl_settings = spider(**spider_run.arguments).crawl_settings
    check_contact(crawl_settings, spider.site)
    pace.Pace(crawl_settings)  # raises UnsafeFolder now, before anything is sent


def daily_runs(folder: Path, settings: CrawlSettings) -> tuple[list[Run], Next]:
    """The runs of an ordinary crawl as of now, and a function for the argument `then` of `run`.

    That function returns catch-up runs if today's lists were short or of another day.
    """
    now = utc_now()
    refused = pace.stops(settings, now.timestamp())
    runs = plan.daily(known(folder, settings, now), now, refused)

    def then(last_run: Run) -> Sequence[Run]:
        if last_run.spider != "arxiv_new":
            return ()
        later = utc_now()
        return plan.next_source(coverage_of(folder, settings, later), later, pace.stops(settings, later.timestamp()))

    return runs, then


def _stop_reactor() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()
