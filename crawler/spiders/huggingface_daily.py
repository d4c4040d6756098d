"""Hugging Face's daily papers: the papers that its users submit each day, with upvotes and code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler import judgement
from crawler.parsers import UnexpectedPage, parser
from crawler.parsers.huggingface import SOURCE
from crawler.plan import RECENT
from crawler.sites import HUGGING_FACE
from crawler.spiders.base import PaperSpider, Yielded
from papers.calendar import weekdays
from papers.paper import Listing, Page, PageState

LIMIT = 100  # papers a page; the API gives no more at once


class HuggingFaceDailySpider(PaperSpider):
    """
    Domain
      huggingface.co, `/api/daily_papers` by day and page; where the API fails, the page `/papers/date/<day>`
    Caveats
      There are no lists on weekends. A day's list grows while the day lasts, so a day that had not ended when it was
      asked for is asked for again after six hours. The page shows only the first papers of a day, so a day that was
      read from it stays partial.
    Spider arguments
      date
        The days, separated by commas: `2026-11-19,2026-11-20`. By default the last two weekdays.
    """

    name = "huggingface_daily"
    site = HUGGING_FACE
    format = "huggingface-daily"
    arguments = ("date",)

    def take(self, arguments: Mapping[str, str]) -> None:
        default_days = weekdays(self.now.date(), RECENT)[::-1]
        self.dates = self.days(arguments["date"]) if "date" in arguments else default_days

    def planned(self) -> list[Listing]:
        return [Listing(source=SOURCE, name="daily", day=day) for day in self.dates]

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/api/daily_papers?date={listing.day}&p={token or 0}&limit={LIMIT}"

    def without_page(
        self,
        listing: Listing,
        token: str | None,
        first_answer: Page | None,
        verdict: judgement.Judgement,
        *,
        site_refuses: bool = False,
    ) -> Yielded:
        """Ask for the day's page if the API failed. After the first API page that would bring nothing new."""
        if site_refuses or token is not None:
            yield from super().without_page(listing, token, first_answer, verdict)
        else:
            yield self._page_of_day(listing, verdict)

    def _page_of_day(self, listing: Listing, verdict: judgement.Judgement) -> Request:
        self.logger.warning("%s: %s; the page of the day is asked for", self.address(listing, None), verdict[1])
        return Request(
            f"{self.base_url}/papers/date/{listing.day}",
            dont_filter=True,
            callback=self.parse_page_of_day,
            errback=self.page_of_day_failed,
            cb_kwargs={"listing": listing, "verdict": verdict},
        )

    def parse_page_of_day(self, response: Response, listing: Listing, verdict: judgement.Judgement) -> Yielded:
        """Keep the papers of the day's page as partial, so that the next run asks the API again."""
        try:
            page = parser(self.format)(response.body, response.url)
        except UnexpectedPage:
            yield from super().without_page(listing, None, None, verdict)
            return
        reason = f"from the day's page, since the API {verdict[1].rstrip('.')}"
        yield from self._keep(replace(page, listing=listing, state=PageState.PARTIAL, cut=reason))

    def page_of_day_failed(self, failure: Any) -> Yielded:
        """Both the API and the day's page failed: the attempt has the outcome and reason of the API."""
        arguments = failure.request.cb_kwargs
        if judgement.of_error(failure.value) is not None:
            yield from super().without_page(arguments["listing"], None, None, arguments["verdict"])

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return path.startswith(("/api/daily_papers", "/papers/date/"))
