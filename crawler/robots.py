"""robots.txt, obeyed.

Scrapy's own middleware allows every request that waits for a robots.txt being fetched, reads the body of a
404 as rules, and allows everything where the file could not be had. Here: one fetch a site, for a day; 4xx
allows; no answer, 429 and 5xx forbid for this run.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.configuration import CrawlSettings

logger = logging.getLogger(__name__)

KEPT_SECONDS = 86_400
_FIRST = 1000


class RobotsMiddleware:
    """Drops requests that a site's robots.txt forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._folder = CrawlSettings.load().pace_folder
        self._locks: dict[str, asyncio.Lock] = {}
        self._rules: dict[str, Protego | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots_txt"):
            return
        site = urlsplit(request.url).netloc
        async with self._locks.setdefault(site, asyncio.Lock()):
            if site not in self._rules:
                self._rules[site] = self._kept(site) or await self._fetch(request, site)
        rules = self._rules[site]
        if rules is None:
            self._crawler.stats.inc_value("robotstxt/unavailable")
            raise IgnoreRequest(f"The robots.txt of {site} could not be had.")
        if not rules.can_fetch(request.url, self._user_agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            logger.error("robots.txt of %s forbids %s", site, request.url)
            raise IgnoreRequest("Forbidden by robots.txt")

    def _file(self, site: str) -> Path:
        return self._folder / f"robots-{site.replace(':', '_')}.json"

    def _kept(self, site: str) -> Protego | None:
        try:
            found = json.loads(self._file(site).read_text("utf-8"))
            fresh = 0 <= time.time() - found["at"] < KEPT_SECONDS
            return Protego.parse(found["body"]) if fresh else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    async def _fetch(self, request: Request, site: str) -> Protego | None:
        address = f"{urlsplit(request.url).scheme}://{site}/robots.txt"
        asked = Request(address, priority=_FIRST, callback=NO_CALLBACK, meta={"is_robots_txt": True})
        try:
            response = await self._crawler.engine.download_async(asked)
        except IgnoreRequest:
            return None
        except Exception as error:
            logger.error("%s could not be had (%s): nothing is asked of this site", address, type(error).__name__)
            return None
        if response.status == 429 or response.status >= 500:
            logger.error("%s answered %d: nothing is asked of this site", address, response.status)
            return None
        # The body of a 404 is a page for people, not rules.
        body = response.text if response.status == 200 else ""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(site).write_text(json.dumps({"at": time.time(), "body": body}), "utf-8")
        return Protego.parse(body)
