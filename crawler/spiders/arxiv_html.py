"""arXiv's HTML versions of papers: the first figures with their captions."""

from __future__ import annotations

import re
from http import HTTPStatus

from crawler.parsers.arxiv_html import SOURCE
from crawler.spiders.arxiv_abs import ArxivAbsSpider
from papers.paper import Listing


class ArxivHtmlSpider(ArxivAbsSpider):
    """
    Domain
      arxiv.org, `/html/<id>` and `/html/<id>v<version>`
    Caveats
      One paper a request, and arXiv allows a request in 15 seconds. No ordinary crawl asks for these pages: only who
      names a paper gets its figures. Images are not fetched. Some papers have no HTML version, which is no failure.
    Spider arguments
      ids
        The papers, separated by commas, each with a version or without: `2611.00001,2611.00002v1`.
    """

    name = "arxiv_html"
    format = "arxiv-html"
    statuses = (HTTPStatus.NOT_FOUND,)  # by which arXiv says that there is no HTML version, in words on the page

    def planned(self) -> list[Listing]:
        return [Listing(source=SOURCE, name=id) for id in self.ids]

    def address(self, listing: Listing, token: str | None) -> str:
        return f"{self.base_url}/html/{listing.name}"

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/html/\S+", path) is not None
