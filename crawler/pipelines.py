"""What happens to a page: it is kept in one transaction, and the index worker is woken."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.spiders.base import PaperSpider
from papers import store
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.paper import Attempt, Page
from papers.sightings import Kept
from translation.settings import TranslationSettings, packages_folder

logger = logging.getLogger(__name__)

# Run as modules, not imported: a crawl waits for neither.
INDEX, TRANSLATION = "indexer.update", "translation.worker"


class KeepPipeline:
    """Keeps pages, and attempts that brought none. Where that fails the crawl stops: the next run fetches what was not
    kept."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._catalogue: Catalogue | None = None
        self._kept = Kept()
        self._closing: asyncio.Future[None] | None = None  # asyncio drops a task that nobody refers to

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Page | Attempt) -> Page | Attempt:
        try:
            if self._catalogue is None:
                self._catalogue = Catalogue(Path(self._crawler.settings["PAPERGLOT_DATA"]), write=True)
            if isinstance(item, Attempt):
                self._catalogue.note(item)
                self._ended(item)
            else:
                self._keep(self._catalogue, item)
        except PaperglotError as error:
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="catalogue_failed"))
            what = item.url if isinstance(item, Page) else item.listing.name
            raise DropItem(f"{what} was not kept. {error}", log_level="ERROR") from error
        return item

    def _keep(self, catalogue: Catalogue, page: Page) -> None:
        kept = catalogue.keep(page, utc_now())
        self._kept += kept
        stats = self._crawler.stats
        stats.set_value("paperglot/new", self._kept.new)
        stats.set_value("paperglot/changed", self._kept.changed)
        stats.inc_value("paperglot/papers", len(page.sightings))
        stats.inc_value("paperglot/pages")
        logger.info(
            "Kept %s %s: %d papers (%d new, %d changed), %s",
            page.category or page.source,
            page.day,
            len(page.sightings),
            kept.new,
            kept.changed,
            page.state.value,
        )
        if kept.attempt is not None:
            self._ended(kept.attempt)

    def _ended(self, attempt: Attempt) -> None:
        spider = self._crawler.spider
        if isinstance(spider, PaperSpider):
            spider.attempts.append(attempt)

    def close_spider(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()


class WakePipeline:
    """Starts the workers, niced processes of their own, whenever there is work and they do not run.

    Papers are searchable at once in their own language; the translation worker follows, a batch at a time, and when
    the crawl ends it is told to end with its batch: what it leaves over, the next run does. At last the index is
    brought up to date, so that what a finished crawl kept can be found.

    Workers have a session of their own: a Ctrl-C in the terminal reaches the crawl alone, which tells them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._folder = folder = Path(crawler.settings["PAPERGLOT_DATA"])
        packages = packages_folder(folder, TranslationSettings.load())
        self._workers = (INDEX, TRANSLATION) if packages.is_dir() else (INDEX,)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Page | Attempt) -> Page | Attempt:
        if isinstance(item, Page):
            for worker in self._workers:
                self._start(worker)
        return item

    def _start(self, worker: str) -> None:
        running = self._running.get(worker)
        if running is None or running.poll() is not None:
            command = [sys.executable, "-m", worker, str(self._folder)]
            try:
                self._running[worker] = subprocess.Popen(command, start_new_session=True)
            except OSError as error:
                self._failed(worker, f"could not be started: {error.strerror}")

    async def close_spider(self) -> None:
        translating = self._running.get(TRANSLATION)
        if translating is not None and translating.poll() is None:
            translating.send_signal(signal.SIGTERM)
        for worker in reversed(tuple(self._running)):
            await self._ended(worker)
        # Also where this run kept nothing: one that was killed may have left papers over.
        if (self._folder / store.FILE).exists():
            self._start(INDEX)
            if INDEX in self._running:
                await self._ended(INDEX)

    async def _ended(self, worker: str) -> None:
        code = await asyncio.to_thread(self._running[worker].wait)
        # Told to end before it had begun, a worker is killed by the signal.
        if code not in (0, -signal.SIGTERM):
            self._failed(worker, f"ended with {code}")

    def _failed(self, worker: str, how: str) -> None:
        logger.error("The worker %s %s", worker, how)
        self._stats.set_value(
            "paperglot/workers_failed", {worker, *self._stats.get_value("paperglot/workers_failed", ())}
        )
