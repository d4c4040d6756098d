"""What `scrapy check` asks of each spider, on pages of whatever site the settings name.

@first_page    the page that the spider would ask for first
@papers 1      how many papers it gives at least
"""

from __future__ import annotations

from typing import Any

from scrapy.contracts import Contract
from scrapy.exceptions import ContractFail

from crawler.spiders.base import PaperSpider
from papers.paper import Page


class FirstPageContract(Contract):
    """The address is that of the first page of the first listing that the spider plans."""

    name = "first_page"

    def adjust_request_args(self, args: dict[str, Any]) -> dict[str, Any]:
        spider: PaperSpider = args["callback"].__self__
        return args | {"url": spider.address(spider.planned()[0], None)}


class PapersContract(Contract):
    """How many papers a page gives, at least."""

    name = "papers"

    def post_process(self, output: list[Any]) -> None:
        count = sum(len(page.sightings) for page in output if isinstance(page, Page))
        if count < int(self.args[0]):
            raise ContractFail(f"Returned {count} papers, expected {self.args[0]} or more")
