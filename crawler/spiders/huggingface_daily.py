"""Hugging Face's daily papers: what its readers put forward, with upvotes and code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.parsers import UnexpectedPage, parser
from crawler.parsers.huggingface_daily import SOURCE
from crawler.plan import is_over, last_weekdays
from crawler.spiders.base import PaperSpider, Yielded
from papers.paper import State

LIMIT = 100  # the most the API gives at once


class HuggingFaceDailySpider(PaperSpider):
    """
    Domain
      huggingface.co, `/api/daily_papers` by day and page; where the API fails, the page `/papers/date/<day>`
    Caveats
      There is nothing on weekends. A day's list grows while the day lasts, so a day that has not ended is
      asked for again after six hours. The page shows the first papers of a day only, so that a day got from
      it stays partial.
    Spider arguments
      date
        The day: `2026-11-20`. By default the last two weekdays.
    """

    name = "huggingface_daily"
    format = "huggingface-daily"
    arguments = ("date",)

    def take(self, arguments: Mapping[str, str]) -> None:
        self.days = [self.day(arguments["date"])] if "date" in arguments else last_weekdays(self.now, 2)

    async def start(self) -> AsyncIterator[Request]:
        for day in self.days:
            number = self.start_offset(SOURCE, "", day, final=is_over(day, self.now))
            if number is None:
                self.logger.info("%s is complete already", day)
            else:
                yield self._request(day, number)

    def _request(self, day: date, number: int) -> Request:
        address = f"{self.crawl_settings.huggingface_url}/api/daily_papers?date={day}&p={number}&limit={LIMIT}"
        # Refusals come here too: the page of the day may still answer.
        return self.request(
            address,
            cb_kwargs={"day": day, "number": number},
            errback=self.api_failed,
            meta={"handle_httpstatus_list": [400, 404, 500, 502, 503, 504]},
        )

    def parse(self, response: Response, day: date, number: int) -> Yielded:
        try:
            page = parser(self.format)(response.body, response.url)
        except UnexpectedPage as error:
            self.logger.warning("%s (status %d): %s", response.url, response.status, error)
            yield from self._fallback(day, number)
            return
        for warning in page.warnings:
            self.logger.warning("%s: %s", response.url, warning)
        yield page
        if page.next_offset is not None:
            yield self._request(day, page.next_offset)

    def api_failed(self, failure: Any) -> Yielded:
        if failure.check(IgnoreRequest):
            return  # robots.txt or the pace said no: the page would be told the same
        self.logger.warning("%s: %s", failure.request.url, failure.getErrorMessage())
        yield from self._fallback(**failure.request.cb_kwargs)

    def _fallback(self, day: date, number: int) -> Yielded:
        """Ask for the page of the day; past the first API page it would show nothing new."""
        if number == 0:
            address = f"{self.crawl_settings.huggingface_url}/papers/date/{day}"
            yield self.request(address, callback=self.parse_page)
        else:
            self.logger.error("Page %d of %s could not be had; the next run goes on there", number, day)

    def parse_page(self, response: Response) -> Yielded:
        page = self.page(response)
        if page is not None:
            # Nobody promises that the page shows the whole day: the next run asks the API again.
            yield replace(page, state=State.PARTIAL) if page.sightings else page
