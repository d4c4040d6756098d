"""Who is asking: the crawler's name and contact, on every request of every Scrapy command."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.judgement import Forbidden
from crawler.settings import LOOPBACK, ContactMissing, CrawlSettings, user_agent

logger = logging.getLogger(__name__)


class ContactMiddleware:
    """Names the crawler; a request to another machine without a contact is not sent."""

    def __init__(self) -> None:
        self._settings = CrawlSettings.load()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ContactMiddleware:
        return cls()

    def process_request(self, request: Request) -> None:
        if not self._settings.contact and urlsplit(request.url).hostname not in LOOPBACK:
            sentence = str(ContactMissing())
            logger.error("%s", sentence)  # `scrapy fetch` and `shell` say nothing of a request that is not sent
            raise Forbidden(sentence.rstrip("."))
        request.headers["User-Agent"] = user_agent(self._settings)
