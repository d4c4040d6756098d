"""What happens to a page: it is checked, kept in one transaction, and the index worker is woken."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from papers.calendar import utc_now
from papers.catalogue import Catalogue, Kept
from papers.errors import PaperglotError
from papers.paper import Page

logger = logging.getLogger(__name__)


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
    """Starts the index worker, a niced process of its own, whenever there is work and none runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worker: subprocess.Popen[bytes] | None = None
        self._work = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Path(crawler.settings["PAPERGLOT_DATA"]))

    def process_item(self, page: Page) -> Page:
        self._work = True
        if self._worker is None or self._worker.poll() is not None:
            self._start()
        return page

    def _start(self) -> None:
        self._work = False
        self._worker = subprocess.Popen([sys.executable, "-m", "indexer.update", str(self._folder)])

    async def close_spider(self) -> None:
        """Wait for the worker, so that what a finished crawl kept can be found."""
        while self._worker is not None:
            code = await asyncio.to_thread(self._worker.wait)
            if code != 0:
                logger.error("The index could not be brought up to date; 'paperglot index' does it later")
            self._worker = None
            if self._work and code == 0:
                self._start()
