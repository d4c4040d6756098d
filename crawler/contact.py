"""Puts the crawler's name and contact on every request of every Scrapy command."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.judgement import Forbidden
from crawler.settings import LOOPBACK, ContactMissing, CrawlSettings, user_agent

logger = logging.getLogger(__name__)


class ContactMiddleware:
    """Sets the User-Agent header. Without a contact in the settings, no request to another machine is sent."""

    def __init__(self) -> None:
        self._settings = CrawlSettings.load()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ContactMiddleware:
        return cls()

    def process_request(self, request: Request) -> None:
        """Set the header. Raises Forbidden, and logs why, for a request that needs a contact and has none."""
        if not self._settings.contact and urlsplit(request.url).hostname not in LOOPBACK:
            sentence = str(ContactMissing())
            logger.error("%s", sentence)  # `scrapy fetch` and `shell` do not report a request that is not sent
            raise Forbidden(sentence.rstrip("."))
        request.headers["User-Agent"] = user_agent(self._settings)
