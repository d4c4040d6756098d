"""Runs spiders from Python, one after another. Once a process: Twisted's reactor cannot be started again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import outcome
from crawler.configuration import user_agent
from crawler.outcome import Outcome
from crawler.plan import Run
from papers.errors import UsageError
from papers.paper import Page


class UnknownSpider(UsageError):
    """Raised by `check`: no spider has this name."""


def run(
    runs: list[Run],
    folder: Path,
    *,
    on_page: Callable[[Page], None] = lambda page: None,
    before: Callable[[Run], None] = lambda run: None,
    quiet: bool = False,
) -> list[Outcome]:
    """Run these spiders into the data folder `folder`; how each went.

    `before` is called as each starts, `on_page` with each page that was kept. With `quiet` only warnings are
    logged. Ctrl-C ends the present spider after the page it is at, and the rest is left out.
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("PAPERGLOT_DATA", str(folder), priority="cmdline")
    if quiet:
        settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for wanted in runs:
        check(process.spider_loader, wanted)
    outcomes: list[Outcome] = []

    def kept(item: Page) -> None:
        on_page(item)

    async def one_after_another() -> None:
        try:
            for wanted in runs:
                before(wanted)
                crawler = process.create_crawler(wanted.spider)
                crawler.signals.connect(kept, signal=signals.item_scraped, weak=False)
                await process.crawl(crawler, **wanted.arguments)
                outcomes.append(outcome.of(wanted.spider, crawler.stats.get_stats()))
                if outcomes[-1].stopped:
                    break
        finally:
            await process.stop()
            _stop_reactor()

    import asyncio

    from twisted.internet import reactor

    reactor.callWhenRunning(lambda: asyncio.ensure_future(one_after_another()))
    process.start(stop_after_crawl=False)
    return outcomes


def check(spiders: SpiderLoader, wanted: Run) -> None:
    """Raise a UsageError where this run could not begin: an unknown spider, a bad argument, no contact."""
    try:
        spider = spiders.load(wanted.spider)
    except KeyError:
        known = ", ".join(sorted(spiders.list()))
        raise UnknownSpider(f"There is no spider '{wanted.spider}'; there are {known}.") from None
    user_agent(spider(**wanted.arguments).crawl_settings)


def _stop_reactor() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()
