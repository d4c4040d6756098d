"""Scrapy's download handler behind the rate limiter (`crawler.pace`).

Only a download handler sees every request, including those for robots.txt and retries.
"""

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
    """Scrapy's HTTP handler: each request first waits for the rate limiter, and its answer is noted there."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._pace = Pace(CrawlSettings.load())
        self._handler = HTTP11DownloadHandler.from_crawler(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PacedHandler:
        return cls(crawler)

    def _cancelled(self) -> bool:
        """Whether the crawl is ending, by Ctrl-C or CloseSpider. From then on no request is sent.

        `scrapy shell` sends requests through a crawler that it never starts: that one does not count as stopped.
        """
        crawler = self._crawler
        slot = getattr(crawler.engine, "_slot", None)
        stopped = crawler._started and not crawler.crawling
        return stopped or slot is None or slot.closing is not None

    async def download_request(self, request: Request) -> Response:
        """Send the request when the rate limiter allows it. Raises what `Pace.turn` and Scrapy's handler raise."""
        async with self._pace.turn(request.url, self._cancelled, request.meta.get("still_due")) as leases:
            return await self._send(request, leases)

    async def _send(self, request: Request, leases: list[Held]) -> Response:
        try:
            response = await self._handler.download_request(request)
        except DownloadCancelledError:  # a body above the size limit is still an answer of the site
            self._pace.fared_well(leases)
            raise
        except Exception as error:
            wait = self._pace.refused(leases, None)
            logger.warning("%s did not answer (%s): waiting %.0f s", request.url, type(error).__name__, wait)
            raise
        limit_pause = rate_limit_pause(response.headers.get("RateLimit"))
        if response.status == DENIED:
            self._pace.denied(leases)
            logger.error("%s answered 403: nothing more is sent to this site", request.url)
        elif response.status in REFUSED or response.status >= 500:
            retry_seconds = retry_after(response.headers.get("Retry-After"), time.time())
            wait = self._pace.refused(leases, limit_pause if retry_seconds is None else retry_seconds)
            logger.warning("%s answered %d: waiting %.0f s", request.url, response.status, wait)
        else:
            self._pace.fared_well(leases, limit_pause)
        return response

    async def close(self) -> None:
        await self._handler.close()
