"""The only way to the wire: Scrapy's download handler behind the pace. It alone sees every request, robots.txt and
retries included."""

from __future__ import annotations

import logging
import time

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response

from crawler.pace import DENIED, REFUSED, Held, Pace, rate_limit_pause, retry_after
from crawler.settings import CrawlSettings

logger = logging.getLogger(__name__)


class PacedHandler:
    """Scrapy's HTTP handler behind the pace."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._pace = Pace(CrawlSettings.load())
        self._handler = HTTP11DownloadHandler.from_crawler(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PacedHandler:
        return cls(crawler)

    def _cancelled(self) -> bool:
        """True from the moment of a Ctrl-C or CloseSpider: not one request more.

        `scrapy shell` never starts the crawler that it asks through.
        """
        crawler = self._crawler
        slot = getattr(crawler.engine, "_slot", None)
        stopped = crawler._started and not crawler.crawling
        return stopped or slot is None or slot.closing is not None

    async def download_request(self, request: Request) -> Response:
        async with self._pace.turn(request.url, self._cancelled, request.meta.get("still_due")) as held:
            return await self._send(request, held)

    async def _send(self, request: Request, held: list[Held]) -> Response:
        try:
            response = await self._handler.download_request(request)
        except DownloadCancelledError:  # a body beyond the limit is an answer, if none of use
            self._pace.fared_well(held)
            raise
        except Exception as error:
            wait = self._pace.refused(held, None)
            logger.warning("%s did not answer (%s): waiting %.0f s", request.url, type(error).__name__, wait)
            raise
        limit = rate_limit_pause(response.headers.get("RateLimit"))
        if response.status == DENIED:
            self._pace.denied(held)
            logger.error("%s answered 403: nothing more is sent to this site", request.url)
        elif response.status in REFUSED or response.status >= 500:
            asked = retry_after(response.headers.get("Retry-After"), time.time())
            wait = self._pace.refused(held, limit if asked is None else asked)
            logger.warning("%s answered %d: waiting %.0f s", request.url, response.status, wait)
        else:
            self._pace.fared_well(held, limit)
        return response

    async def close(self) -> None:
        await self._handler.close()
