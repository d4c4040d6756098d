"""arXiv's lists of the last five days: ids, titles and authors, without abstracts and replacements."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.parsers.arxiv_listing import SOURCE
from crawler.sites import ARXIV
from crawler.spiders.arxiv_new import categories
from crawler.spiders.base import PaperSpider
from papers.paper import Listing


class ArxivRecentSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/list/<category>/recent?skip=<number>&show=<number>`
    Caveats
      These lists have neither abstracts nor replacements, so that a day that is known from them alone stays partial.
      The list moves by a day each evening: begin and end on one side of 20:00 in New York.
    Spider arguments
      categories
        Codes of categories or archives, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
    """

    name = "arxiv_recent"
    site = ARXIV
    format = "arxiv-listing"
    arguments = ("categories",)

    def take(self, arguments: Mapping[str, str]) -> None:
        self.categories = categories(arguments.get("categories"), self.crawl_settings.categories)

    def planned(self) -> list[Listing]:
        return [Listing(source=SOURCE, name="recent", category=category) for category in self.categories]

    def address(self, listing: Listing, token: str | None) -> str:
        size = self.crawl_settings.listing_size
        return f"{self.base_url}/list/{listing.category}/{listing.name}?skip={token or 0}&show={size}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/list/[\w.-]+/(?:recent|pastweek)\b", path) is not None
