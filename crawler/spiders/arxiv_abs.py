"""arXiv's pages of single papers: all versions, withdrawals, licence and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scrapy.http import Response

from crawler.parsers.arxiv_abs import SOURCE
from crawler.sites import ARXIV
from crawler.spiders.base import BadArgument, PaperSpider, Yielded
from papers import identifiers
from papers.paper import Listing, Page


class ArxivAbsSpider(PaperSpider):
    """
    Domain
      arxiv.org, `/abs/<id>` and `/abs/<id>v<version>`
    Caveats
      One paper a request, and arXiv allows a request in 15 seconds: for more than a few papers `arxiv_oai` is better.
      A page of an earlier version has the texts of that version.
    Spider arguments
      ids
        The papers, separated by commas, each with a version or without: `2611.00001,2611.00002v1`.
    """

    name = "arxiv_abs"
    site = ARXIV
    format = "arxiv-abs"
    arguments = ("ids",)

    def take(self, arguments: Mapping[str, str]) -> None:
        texts = [text.strip() for text in arguments.get("ids", "").split(",") if text.strip()]
        if not texts:
            raise BadArgument("Name at least one paper: ids=2611.00001.")
        self.ids = list(dict.fromkeys(_name(text) for text in texts))

    def planned(self) -> list[Listing]:
        return [Listing(source=SOURCE, name=id) for id in self.ids]

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/abs/{listing.name}"

    def parse(self, response: Response, *arguments: Any, **named: Any) -> Yielded:
        """The page of a response. It has no contract: `scrapy check` names no paper."""
        yield from super().parse(response, *arguments, **named)

    def other_subject(self, page: Page, listing: Listing) -> str | None:
        names = {name for each in page.sightings for name in (each.id, f"{each.id}v{each.version}")}
        return None if not names or listing.name in names else f"the page is that of {page.sightings[0].id}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/abs/\S+", path) is not None


def _name(text: str) -> str:
    identifier = identifiers.parse(text)
    if identifier is None:
        raise BadArgument(f"'{text}' is no arXiv identifier: write it as 2611.00001.")
    return f"{identifier.key}v{identifier.version}" if identifier.version else identifier.key
