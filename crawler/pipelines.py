"""What happens to a page: it is checked, kept in one transaction, and the index worker is woken."""

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

from papers import store
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.paper import Page
from papers.sightings import Kept
from translation.settings import TranslationSettings, packages_folder

logger = logging.getLogger(__name__)

# Run as modules, not imported: a crawl waits for neither.
INDEX, TRANSLATION = "indexer.update", "translation.worker"


class ValidatePipeline:
    """Drops, with an error, a page that the catalogue could not tell from another one."""

    def process_item(self, page: Page) -> Page:
        if page.day is None:
            raise DropItem(f"{page.url}: the page does not say of which day it is", log_level="ERROR")
        if any(not sighting.title for sighting in page.sightings):
            lacking = next(sighting.id for sighting in page.sightings if not sighting.title)
            raise DropItem(f"{page.url}: {lacking} has no title, so the page was read wrongly", log_level="ERROR")
        return page


class KeepPipeline:
    """Keeps the page. Where that fails the crawl stops: the next run fetches what was not kept."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._catalogue: Catalogue | None = None
        self._kept = Kept()
        self._closing: asyncio.Future[None] | None = None  # a task that nobody holds may be dropped

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, page: Page) -> Page:
        try:
            if self._catalogue is None:
                self._catalogue = Catalogue(Path(self._crawler.settings["PAPERGLOT_DATA"]), write=True)
            kept = self._catalogue.keep(page, utc_now())
        except PaperglotError as error:
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="catalogue_failed"))
            raise DropItem(f"{page.url} was not kept. {error}", log_level="ERROR") from error
        self._kept += kept
        stats = self._crawler.stats
        stats.set_value("paperglot/new", self._kept.new)
        stats.set_value("paperglot/changed", self._kept.changed)
        stats.inc_value("paperglot/papers", len(page.sightings))
        stats.inc_value(f"paperglot/pages/{page.state.value}")
        logger.info(
            "Kept %s %s: %d papers (%d new, %d changed), %s",
            page.listing or page.source,
            page.day,
            len(page.sightings),
            kept.new,
            kept.changed,
            page.state.value,
        )
        return page

    def close_spider(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()


class WakePipeline:
    """Starts the workers, niced processes of their own, whenever there is work and they do not run.

    Papers are searchable at once in their own language; the translation worker follows, a batch at a time, and when
    the crawl ends it is told to end with its batch: what it leaves over, the next run does. At last the index is
    brought up to date, so that what a finished crawl kept can be found.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        packages = packages_folder(folder, TranslationSettings.load())
        self._workers = (INDEX, TRANSLATION) if packages.is_dir() else (INDEX,)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Path(crawler.settings["PAPERGLOT_DATA"]))

    def process_item(self, page: Page) -> Page:
        for worker in self._workers:
            self._start(worker)
        return page

    def _start(self, worker: str) -> None:
        running = self._running.get(worker)
        if running is None or running.poll() is not None:
            self._running[worker] = subprocess.Popen([sys.executable, "-m", worker, str(self._folder)])

    async def close_spider(self) -> None:
        translating = self._running.get(TRANSLATION)
        if translating is not None and translating.poll() is None:
            translating.send_signal(signal.SIGTERM)
        for worker in reversed(tuple(self._running)):
            await self._ended(worker)
        # Also where this run kept nothing: one that was killed may have left papers over.
        if (self._folder / store.FILE).exists():
            self._start(INDEX)
            await self._ended(INDEX)

    async def _ended(self, worker: str) -> None:
        code = await asyncio.to_thread(self._running[worker].wait)
        # Told to end before it had begun, a worker is killed by the signal.
        if code not in (0, -signal.SIGTERM):
            logger.error("The worker %s failed; 'paperglot translate' and 'paperglot index' do its work later", worker)
