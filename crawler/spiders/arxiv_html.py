"""arXiv's HTML versions of papers: the first figures with their captions."""

from __future__ import annotations

import re
from http import HTTPStatus

from crawler.parsers.arxiv_html import SOURCE
from crawler.parsers.errors import UnexpectedPage
from crawler.spiders.arxiv_abs import ArxivAbsSpider
from crawler.spiders.base import Yielded
from papers.paper import AttemptOutcome, Listing, Page


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

    def unexpected(
        self, listing: Listing, token: str | None, first_answer: Page | None, error: UnexpectedPage
    ) -> Yielded:
        if "No document for" not in str(error):
            yield from super().unexpected(listing, token, first_answer, error)
            return
        verdict = (AttemptOutcome.REFUSED, f"arXiv has no paper or version {listing.name}")
        yield from self.without_page(listing, token, first_answer, verdict)

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return re.match(r"/html/\S+", path) is not None
