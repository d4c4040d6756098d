"""Obeys robots.txt, and refuses redirects that leave a site.

Scrapy's own middleware lets requests through while it fetches a robots.txt, reads the body of a 404 as rules, and
allows everything if the file could not be fetched. Here the file is fetched once a day for each site. A 4xx allows
everything. No answer, a 429 or a 5xx forbids the site for this run.
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
_MAX_BYTES = 1 << 20  # bytes of a copy; the rules that matter are at the beginning of any robots.txt
_PRIORITY = 1000


class RobotsMiddleware:
    """Drops requests that a site's robots.txt forbids, or whose robots.txt could not be fetched."""

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
        """Raise Forbidden if the rules forbid the request, Unavailable if they could not be fetched."""
        if request.meta.get("is_robots_txt"):
            return
        netloc = urlsplit(request.url).netloc
        async with self._locks.setdefault(netloc, asyncio.Lock()):
            if netloc not in self._rules:
                self._rules[netloc] = self._copy(netloc) or await self._fetch(request, netloc)
        rules = self._rules[netloc]
        if rules is None:
            self._crawler.stats.inc_value("robotstxt/unavailable")
            raise Unavailable(f"the robots.txt of {netloc} could not be had, so nothing is asked of this site")
        if not rules.can_fetch(request.url, self._user_agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise Forbidden(f"the robots.txt of {netloc} forbids it")

    @staticmethod
    def _file(netloc: str) -> str:
        return f"robots-{re.sub(r'[^a-zA-Z0-9_.-]', '_', netloc)}.json"

    def _copy(self, netloc: str) -> Protego | None:
        """The rules in the copy that some user of this machine stored; None if there is none of the last day."""
        try:
            cached = json.loads(read_shared(self._folder, self._file(netloc), _MAX_BYTES) or b"")
            is_fresh = 0 <= time.time() - cached["at"] < KEPT_SECONDS
            return Protego.parse(cached["body"]) if is_fresh else None
        except (ValueError, KeyError, TypeError):
            return None

    async def _fetch(self, request: Request, netloc: str) -> Protego | None:
        address = f"{urlsplit(request.url).scheme}://{netloc}/robots.txt"
        robots_request = Request(address, priority=_PRIORITY, callback=NO_CALLBACK, meta={"is_robots_txt": True})
        try:
            response = await self._crawler.engine.download_async(robots_request)
        except (Forbidden, Unavailable):
            raise  # nothing may be sent to this site; the error already says why
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
        body = response.text[: _MAX_BYTES // 2] if response.status == 200 else ""
        write_shared(self._folder, self._file(netloc), json.dumps({"at": time.time(), "body": body}).encode())
        return Protego.parse(body)


class LeavesTheSite(Forbidden):
    """Raised for a redirect to a host that does not belong to the site that was asked."""


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follows a redirect only inside the same site; raises LeavesTheSite for any other."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        answer: Request | Response = super().process_response(request, response)
        if isinstance(answer, Request):
            original_site = site_of(request.url, CrawlSettings.load())
            if site_of(answer.url, CrawlSettings.load()) != original_site:
                host = urlsplit(answer.url).netloc
                raise LeavesTheSite(f"it leads to {host}, which is not a host of this site in the settings")
        return answer
