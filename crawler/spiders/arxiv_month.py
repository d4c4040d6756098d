"""arXiv's lists of whole months: every paper that was announced in them, without abstracts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from crawler.parsers.arxiv_listing import SOURCE
from crawler.sites import ARXIV
from crawler.spiders.arxiv_new import categories
from crawler.spiders.base import BadArgument, PaperSpider
from papers.paper import Listing

FIRST_MONTH = date(1991, 7, 1)  # arXiv's first


class ArxivMonthSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/list/<category>/<month>?skip=<number>&show=<number>`
    Caveats
      These lists have no abstracts and no days: `arxiv_oai` and 'paperglot import kaggle' bring more of older papers,
      in fewer requests. They say how many papers a month has, and so find what another source has missed.
    Spider arguments
      categories
        Codes of categories or archives, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
      months
        The months, separated by commas: `2026-10,2026-11`. By default this one.
    """

    name = "arxiv_month"
    site = ARXIV
    format = "arxiv-listing"
    arguments = ("categories", "months")

    def take(self, arguments: Mapping[str, str]) -> None:
        self.categories = categories(arguments.get("categories"), self.crawl_settings.categories)
        texts = arguments.get("months", f"{self.now:%Y-%m}").split(",")
        self.months = list(dict.fromkeys(self._month(text.strip()) for text in texts if text.strip()))
        if not self.months:
            raise BadArgument("Name at least one month, such as months=2026-11.")

    def _month(self, text: str) -> str:
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise BadArgument(f"'{text}' is not a month: write it as 2026-11.") from None
        if not FIRST_MONTH <= first <= self.now.date():
            raise BadArgument(
                f"arXiv has lists from {FIRST_MONTH:%Y-%m} to {self.now:%Y-%m}; {text} is not among them."
            )
        return text

    def planned(self) -> list[Listing]:
        return [
            Listing(source=SOURCE, name=month, category=category)
            for month in self.months
            for category in self.categories
        ]

    def address(self, listing: Listing, token: str | None) -> str:
        size = self.crawl_settings.listing_size
        return f"{self.base_url}/list/{listing.category}/{listing.name}?skip={token or 0}&show={size}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/list/[\w.-]+/\d{4}-\d{2}\b", path) is not None
