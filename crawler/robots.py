"""robots.txt, obeyed; and redirects, which do not lead out of the sites that the settings name.

Scrapy's own middleware allows every request that waits for a robots.txt being fetched, reads the body of a 404 as
rules, and allows everything where the file could not be had. Here: one fetch a site, for a day; 4xx allows; no answer,
429 and 5xx forbid for this run.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.budgets import read_shared, shared_folder, write_shared
from crawler.judgement import Forbidden, Unavailable
from crawler.settings import CrawlSettings
from crawler.sites import site_of

logger = logging.getLogger(__name__)

KEPT_SECONDS = 86_400
_LARGEST = 1 << 20  # bytes of a copy; the rules that matter are at the beginning of any robots.txt
_FIRST = 1000


class RobotsMiddleware:
    """Drops requests that a site's robots.txt forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._folder = shared_folder(CrawlSettings.load().pace_folder)
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
                self._rules[site] = self._copy(site) or await self._fetch(request, site)
        rules = self._rules[site]
        if rules is None:
            self._crawler.stats.inc_value("robotstxt/unavailable")
            raise Unavailable(f"the robots.txt of {site} could not be had, so nothing is asked of this site")
        if not rules.can_fetch(request.url, self._user_agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise Forbidden(f"the robots.txt of {site} forbids it")

    @staticmethod
    def _file(site: str) -> str:
        return f"robots-{re.sub(r'[^a-zA-Z0-9_.-]', '_', site)}.json"

    def _copy(self, site: str) -> Protego | None:
        """The rules of a copy that is not older than a day, whichever user of this machine made it."""
        try:
            copy = json.loads(read_shared(self._folder, self._file(site), _LARGEST) or b"")
            fresh = 0 <= time.time() - copy["at"] < KEPT_SECONDS
            return Protego.parse(copy["body"]) if fresh else None
        except (ValueError, KeyError, TypeError):
            return None

    async def _fetch(self, request: Request, site: str) -> Protego | None:
        address = f"{urlsplit(request.url).scheme}://{site}/robots.txt"
        asked = Request(address, priority=_FIRST, callback=NO_CALLBACK, meta={"is_robots_txt": True})
        try:
            response = await self._crawler.engine.download_async(asked)
        except (Forbidden, Unavailable):
            raise  # the site is not to be asked at all, and the error's own words say why
        except IgnoreRequest as error:
            logger.warning("%s: %s", address, error)
            return None
        except Exception as error:
            logger.warning("%s could not be had (%s)", address, type(error).__name__)
            return None
        if response.status == 429 or response.status >= 500:
            logger.warning("%s answered %d", address, response.status)
            return None
        # The body of a 404 is a page for people, not rules.
        body = response.text[: _LARGEST // 2] if response.status == 200 else ""
        write_shared(self._folder, self._file(site), json.dumps({"at": time.time(), "body": body}).encode())
        return Protego.parse(body)


class LeavesTheSite(Forbidden):
    """Raised for a redirect to a host that belongs to no site of `crawler.sites`, as the settings have them."""


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follows redirects inside of the sites only."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        answer: Request | Response = super().process_response(request, response)
        if isinstance(answer, Request):
            before = site_of(request.url, CrawlSettings.load())
            if site_of(answer.url, CrawlSettings.load()) != before:
                host = urlsplit(answer.url).netloc
                raise LeavesTheSite(f"it leads to {host}, which is not a host of this site in the settings")
        return answer
