"""Writes each page into the catalogue, in one transaction."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.spiders.base import PaperSpider
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.paper import Attempt, Page
from papers.sightings import KeepResult

logger = logging.getLogger(__name__)
FAILURE = "paperglot/failure"  # the key in Scrapy's statistics for why the catalogue could not be written


class KeepPipeline:
    """Writes pages, and attempts that brought no page, into the catalogue.

    If writing fails, the crawl stops. The next run fetches what was not kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._catalogue: Catalogue | None = None
        self._kept = KeepResult()
        self._closing: asyncio.Future[None] | None = None  # asyncio drops a task that nobody refers to

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Page | Attempt) -> Page | Attempt:
        """Keep the item and return it. If that fails, raise DropItem and close the spider."""
        try:
            if self._catalogue is None:
                self._catalogue = Catalogue(Path(self._crawler.settings["PAPERGLOT_DATA"]), write=True)
            if isinstance(item, Attempt):
                self._catalogue.note(item)
                self._ended(item)
            else:
                self._keep(self._catalogue, item)
        except PaperglotError as error:
            self._crawler.stats.set_value(FAILURE, str(error))
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="catalogue_failed"))
            label = item.url if isinstance(item, Page) else item.listing.name
            raise DropItem(f"{label} was not kept. {error}", log_level="ERROR") from error
        return item

    def _keep(self, catalogue: Catalogue, page: Page) -> None:
        result = catalogue.keep(page, utc_now())
        self._kept += result
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
            result.new,
            result.changed,
            page.state.value,
        )
        if result.attempt is not None:
            self._ended(result.attempt)

    def _ended(self, attempt: Attempt) -> None:
        spider = self._crawler.spider
        if isinstance(spider, PaperSpider):
            spider.attempts.append(attempt)

    def close_spider(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
