"""Hugging Face's daily papers: the papers that its users submit each day, with upvotes and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from crawler.parsers.huggingface import SOURCE
from crawler.plan import RECENT
from crawler.spiders.base import BadArgument
from crawler.spiders.huggingface import HuggingFaceSpider
from papers.calendar import weekdays
from papers.paper import FIRST_YEAR, Listing

_WEEK, _MONTH = re.compile(r"[0-9]{4}-W[0-9]{2}"), re.compile(r"[0-9]{4}-[0-9]{2}")


class HuggingFaceDailySpider(HuggingFaceSpider):
    """
    Domain
      huggingface.co, `/api/daily_papers` by day, week or month; where the API fails, the page `/papers/date/<day>`,
      `/papers/week/<week>` or `/papers/month/<month>`
    Caveats
      There are no lists on weekends. A day's list grows while the day lasts, so a day that had not ended when it was
      asked for is asked for again after six hours. The page shows only the first papers of a list, so a list that was
      read from it stays partial. A week or a month closes no gap in its days.
    Spider arguments
      date
        The days, separated by commas: `2026-11-19,2026-11-20`. By default the last two weekdays.
      week
        A week in place of days: `2026-W47`.
      month
        A month in place of days: `2026-11`.
    """

    name = "huggingface_daily"
    arguments = ("date", "week", "month")

    def take(self, arguments: Mapping[str, str]) -> None:
        if len(arguments) > 1:
            raise BadArgument("Name days, a week or a month, and not several of them.")
        self.period = next((name for name in ("week", "month") if name in arguments), None)
        default_days = weekdays(self.now.date(), RECENT)[::-1]
        self.dates = self.days(arguments["date"]) if "date" in arguments else default_days
        self.period_name = self._period(arguments[self.period]) if self.period else ""

    def _period(self, text: str) -> str:
        text = text.strip()
        is_week = self.period == "week"
        try:
            if not (_WEEK if is_week else _MONTH).fullmatch(text):
                raise ValueError(text)
            first = (
                date.fromisocalendar(int(text[:4]), int(text[6:]), 1) if is_week else date.fromisoformat(f"{text}-01")
            )
        except ValueError:
            example = "2026-W47" if is_week else "2026-11"
            raise BadArgument(f"'{text}' is not a {self.period}: write it as {example}.") from None
        if first > self.now.date():
            raise BadArgument(f"{text} has not come yet.")
        if first.year < FIRST_YEAR:
            raise BadArgument(f"Nobody listed papers in {text}: name one since {FIRST_YEAR}.")
        return text

    def planned(self) -> list[Listing]:
        if self.period:
            return [Listing(source=SOURCE, name=self.period_name)]
        return [Listing(source=SOURCE, name="daily", day=day) for day in self.dates]

    def question(self, listing: Listing) -> str:
        return f"{self.period}={listing.name}" if self.period else f"date={listing.day}"

    def page_path(self, listing: Listing) -> str:
        return f"/papers/{self.period}/{listing.name}" if self.period else f"/papers/date/{listing.day}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        is_daily = path.startswith(("/api/daily_papers", "/papers/date/", "/papers/week/", "/papers/month/"))
        return is_daily and "sort=trending" not in path
