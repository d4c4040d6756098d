"""The base class of the spiders of Hugging Face: its API and, where that fails, the page with the same list."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler import judgement
from crawler.parsers import UnexpectedPage, parser
from crawler.sites import HUGGING_FACE
from crawler.spiders.base import PaperSpider, Yielded
from papers.paper import Listing, Page, PageState

LIMIT = 100  # papers a page; the API gives no more at once


class HuggingFaceSpider(PaperSpider):
    """A spider for one kind of Hugging Face's lists. A subclass says where the API and the page have a list."""

    site = HUGGING_FACE
    format = "huggingface-daily"

    @abstractmethod
    def question(self, listing: Listing) -> str:
        """What the API is asked: the query of its address without the page."""

    @abstractmethod
    def page_path(self, listing: Listing) -> str:
        """The path of the page with the same list."""

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/api/daily_papers?{self.question(listing)}&p={token or 0}&limit={LIMIT}"

    def without_page(
        self,
        listing: Listing,
        token: str | None,
        first_answer: Page | None,
        verdict: judgement.Judgement,
        *,
        site_refuses: bool = False,
    ) -> Yielded:
        """Ask for the page of the list if the API failed. After the first API page that would bring nothing new."""
        if site_refuses or token is not None or first_answer is not None:
            yield from super().without_page(listing, token, first_answer, verdict)
        else:
            yield self._page_of_list(listing, verdict)

    def _page_of_list(self, listing: Listing, verdict: judgement.Judgement) -> Request:
        self.logger.warning("%s: %s; its page is asked for", self.address(listing, None), verdict[1])
        return Request(
            f"{self.base_url}{self.page_path(listing)}",
            dont_filter=True,
            callback=self.parse_page_of_list,
            errback=self.page_of_list_failed,
            cb_kwargs={"listing": listing, "verdict": verdict},
        )

    def parse_page_of_list(self, response: Response, listing: Listing, verdict: judgement.Judgement) -> Yielded:
        """Keep the papers of the page as partial, so that the next run asks the API again."""
        try:
            page = parser(self.format)(response.body, response.url)
        except UnexpectedPage:
            yield from super().without_page(listing, None, None, verdict)
            return
        reason = f"from the page of the list, since the API {verdict[1].rstrip('.')}"
        page = self.planned_page(page, listing, None)
        yield from self.keep_page(replace(page, state=PageState.PARTIAL, cut=reason))

    def page_of_list_failed(self, failure: Any) -> Yielded:
        """Both the API and the page failed: the attempt has the outcome and reason of the API."""
        arguments = failure.request.cb_kwargs
        if judgement.of_error(failure.value) is not None:
            yield from super().without_page(arguments["listing"], None, None, arguments["verdict"])
