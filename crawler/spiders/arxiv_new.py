"""arXiv's daily listings: new submissions, cross-lists and replacements of each category."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.parsers.arxiv_listing import SOURCE
from crawler.sites import ARXIV
from crawler.spiders.base import BadArgument, PaperSpider
from papers.calendar import current_listing_day
from papers.categories import check
from papers.paper import Listing


class ArxivNewSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/list/<category>/new`
    Caveats
      The page shows only the last announced day; earlier days are on the catch-up pages (arxiv_catchup). A category
      whose day is complete in the catalogue is not asked for again. arXiv never lists replacements from version 6 on.
    Spider arguments
      categories
        Codes of categories or archives, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
      date
        The day that is expected: `2026-11-20`. By default the one that arXiv's calendar gives. A page that shows
        another day is kept under its own, and the day that was expected is reported as stale.
    """

    name = "arxiv_new"
    site = ARXIV
    format = "arxiv-listing"
    arguments = ("categories", "date")

    def take(self, arguments: Mapping[str, str]) -> None:
        self.categories = categories(arguments.get("categories"), self.crawl_settings.categories)
        self.expected = self.day(arguments["date"]) if "date" in arguments else current_listing_day(self.now)

    def planned(self) -> list[Listing]:
        return [
            Listing(source=SOURCE, name="new", category=category, day=self.expected) for category in self.categories
        ]

    def address(self, listing: Listing, token: str | None) -> str:
        size = self.crawl_settings.listing_size
        paging = f"?skip={token or 0}&show={size}" if token or size != 2000 else ""
        return f"{self.base_url}/list/{listing.category}/new{paging}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/list/[\w.-]+/new\b", path) is not None


def categories(argument: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    """The category codes in a spider's argument, each once; the default if the argument is None.

    Raises BadArgument if the argument names none, and UnknownCategory.
    """
    codes = default if argument is None else argument.split(",")
    valid_codes = tuple(dict.fromkeys(check(code) for code in codes if code.strip()))
    if not valid_codes:
        raise BadArgument("Name at least one category, such as categories=cs.CL,cs.LG.")
    return valid_codes
