"""What is trending at Hugging Face, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crawler.plan import TRENDING
from crawler.spiders.huggingface import HuggingFaceSpider
from papers.paper import Listing, Page


class HuggingFaceTrendingSpider(HuggingFaceSpider):
    """
    Domain
      huggingface.co, `/api/daily_papers?sort=trending`; where the API fails, the page `/papers/trending`
    Caveats
      The order is of the moment, and replaces the one that was kept before. Only the first 100 papers are read.
    Spider arguments
      None.
    """

    name = "huggingface_trending"

    def take(self, arguments: Mapping[str, str]) -> None:
        pass

    def planned(self) -> list[Listing]:
        return [TRENDING]

    def question(self, listing: Listing) -> str:
        return "sort=trending"

    def page_path(self, listing: Listing) -> str:
        return "/papers/trending"

    def next_token(self, page: Page, token: str | None) -> str | None:
        """No further page: what comes after the first hundred is in no order that means anything."""
        return None

    def planned_page(self, page: Page, listing: Listing, token: str | None) -> Page:
        return replace(super().planned_page(page, listing, token), is_ranking=True)

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return path.startswith(("/api/daily_papers?sort=trending", "/papers/trending"))
