"""arXiv's daily listings: new submissions, cross-lists and replacements of each category."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from scrapy import Request
from scrapy.http import Response

from crawler.parsers.arxiv_listing import SOURCE
from crawler.spiders.base import BadArgument, PaperSpider, Yielded
from papers.calendar import current_listing_day
from papers.categories import check


class ArxivNewSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/list/<category>/new`
    Caveats
      Only the last announced day is there. A category of which that day is complete in the catalogue is not
      asked for again. Replacements from version 6 on are never listed by arXiv.
    Spider arguments
      categories
        Codes of categories or archives, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
      date
        The day that is expected: `2026-11-20`. By default the one that arXiv's calendar gives. A page that shows
        another day is kept under its own, with a warning.
    """

    name = "arxiv_new"
    format = "arxiv-listing"
    arguments = ("categories", "date")

    def take(self, arguments: Mapping[str, str]) -> None:
        named = arguments.get("categories")
        codes = self.crawl_settings.categories if named is None else named.split(",")
        self.categories = tuple(dict.fromkeys(check(code) for code in codes if code.strip()))
        if not self.categories:
            raise BadArgument("Name at least one category, such as categories=cs.CL,cs.LG.")
        self.expected = self.day(arguments["date"]) if "date" in arguments else current_listing_day(self.now)

    async def start(self) -> AsyncIterator[Request]:
        for category in self.categories:
            offset = self.start_offset(SOURCE, category, self.expected, final=True)
            if offset is None:
                self.logger.info("%s of %s is complete already", category, self.expected)
            else:
                yield self._request(category, offset)

    def _request(self, category: str, offset: int) -> Request:
        size = self.crawl_settings.listing_size
        address = f"{self.crawl_settings.arxiv_url}/list/{category}/new"
        if offset or size != 2000:
            address += f"?skip={offset}&show={size}"
        return self.request(address, cb_kwargs={"category": category})

    def parse(self, response: Response, category: str) -> Yielded:
        page = self.page(response)
        if page is None:
            return
        if page.day != self.expected:
            self.logger.warning("%s shows %s; %s was expected", response.url, page.day, self.expected)
        yield page
        if page.next_offset is not None:
            yield self._request(category, page.next_offset)
