"""arXiv's catch-up pages: what the lists of an earlier day held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from crawler.parsers.arxiv_listing import CATCHUP_PAGE, SOURCE
from crawler.plan import CATCHUP_DAYS
from crawler.sites import ARXIV
from crawler.spiders.arxiv_new import categories
from crawler.spiders.base import BadArgument, PaperSpider
from papers.calendar import current_listing_day
from papers.paper import Listing, Page


class ArxivCatchupSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/catchup/<category>/<day>?abs=True&page=<number>`
    Caveats
      arXiv has these pages for the last 90 days. They have abstracts, and say how many entries a day has, so that they
      can close every gap in those days. A day that is complete in the catalogue is not asked for again.
    Spider arguments
      categories
        Codes of categories or archives, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
      date
        The days, separated by commas: `2026-11-19,2026-11-20`. By default the last one that was announced.
    """

    name = "arxiv_catchup"
    site = ARXIV
    format = "arxiv-listing"
    arguments = ("categories", "date")

    def take(self, arguments: Mapping[str, str]) -> None:
        self.categories = categories(arguments.get("categories"), self.crawl_settings.categories)
        today = current_listing_day(self.now)
        self.dates = self.days(arguments["date"]) if "date" in arguments else [today]
        oldest = self.now.date() - timedelta(days=CATCHUP_DAYS)
        for day in self.dates:
            if not oldest <= day <= max(today, self.now.date()):
                raise BadArgument(
                    f"arXiv's catch-up pages reach from {oldest} to {today}; {day} is not among these days. "
                    "'paperglot import kaggle' brings older papers."
                )

    def planned(self) -> list[Listing]:
        return [
            Listing(source=SOURCE, name="catchup", category=category, day=day)
            for day in self.dates
            for category in self.categories
        ]

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/catchup/{listing.category}/{listing.day}?abs=True&page={token or 1}"

    def next_token(self, page: Page, token: str | None) -> str | None:
        """The number of the next page; the parser counts entries."""
        return None if page.resume is None else str(int(page.resume) // CATCHUP_PAGE + 1)

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/catchup/[\w.-]+/\d{4}-", path) is not None
