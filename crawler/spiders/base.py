"""What all spiders share: arguments checked before anything is sent, pages from bodies, what is kept already."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.configuration import CrawlSettings, user_agent
from crawler.parsers import UnexpectedPage, parser
from crawler.plan import start_of
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.errors import UsageError
from papers.paper import Page
from papers.store import CatalogueMissing


class BadArgument(UsageError):
    """Raised by a spider that is given an argument it does not know, or a value it cannot use."""


class PaperSpider(Spider):
    """A source's spider. A subclass names its `format` and the `arguments` it takes, and makes requests."""

    format: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        unknown = sorted(set(arguments) - set(self.arguments))
        if unknown:
            known = ", ".join(self.arguments) or "none"
            raise BadArgument(f"The spider {self.name} has no argument '{unknown[0]}'; it takes {known}.")
        self.crawl_settings = CrawlSettings.load()
        self.now: datetime = utc_now()
        self.take(arguments)

    @abstractmethod
    def take(self, arguments: Mapping[str, str]) -> None:
        """Check and store the arguments, all of which are known; raises BadArgument or another UsageError."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("USER_AGENT", user_agent(spider.crawl_settings), priority="spider")
        return spider

    def day(self, text: str) -> date:
        """An argument as a day."""
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            raise BadArgument(f"'{text}' is not a day: write it as 2026-11-20.") from None

    def start_offset(self, source: str, listing: str, day: date, *, final: bool) -> int | None:
        """Where to start with a listing, by what the catalogue has of it; None where it has all."""
        try:
            with Catalogue(Path(self.settings["PAPERGLOT_DATA"])) as catalogue:
                row = catalogue.listing(source, listing, day.isoformat())
        except CatalogueMissing:
            row = None
        return start_of(row, final=final, now=self.now)

    def page(self, response: Response) -> Page | None:
        """The page of a response, or None (and an error in the log) where it is none."""
        try:
            page = parser(self.format)(response.body, response.url)
        except UnexpectedPage as error:
            self.logger.error("%s: %s", response.url, error)
            return None
        for warning in page.warnings:
            self.logger.warning("%s: %s", response.url, warning)
        return page

    def request(self, url: str, **kwargs: Any) -> Request:
        """A request for a page; where nothing answers, an error in the log instead of a traceback."""
        return Request(url, dont_filter=True, **({"errback": self.not_answered} | kwargs))

    def not_answered(self, failure: Any) -> None:
        if failure.check(HttpError):
            self.logger.error("%s answered %d", failure.request.url, failure.value.response.status)
        elif not failure.check(IgnoreRequest):  # which was said where it was decided
            self.logger.error("%s did not answer: %s", failure.request.url, failure.getErrorMessage())


Yielded = Iterator[Page | Request]
