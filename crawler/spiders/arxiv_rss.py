"""arXiv's feeds: a cheap first look at the day, with texts as their authors typed them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.parsers.arxiv_rss import SOURCE
from crawler.sites import ARXIV_RSS
from crawler.spiders.arxiv_new import categories
from crawler.spiders.base import PaperSpider
from papers.calendar import feed_day
from papers.paper import Listing


class ArxivRssSpider(PaperSpider):
    """
    Domain
      rss.arxiv.org, `/rss/<category>`
    Caveats
      A feed is of today, and appears at midnight in New York, four hours after the list. It states no counts, so that
      it closes no gap. A feed of 2,000 entries was cut, and the new papers are what is missing: it stays partial, and
      whole archives such as `cs` are better read from their lists. There are no entries on weekends and holidays.
    Spider arguments
      categories
        Codes of categories, separated by commas: `cs.CL,cs.LG`. By default those of the settings.
    """

    name = "arxiv_rss"
    site = ARXIV_RSS
    format = "arxiv-rss"
    arguments = ("categories",)
    is_conditional = True

    def take(self, arguments: Mapping[str, str]) -> None:
        self.categories = categories(arguments.get("categories"), self.crawl_settings.categories)

    def planned(self) -> list[Listing]:
        day = feed_day(self.now)
        return [Listing(source=SOURCE, name="feed", category=category, day=day) for category in self.categories]

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/rss/{listing.category}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/(?:rss|atom)/[\w.+-]+", path) is not None
