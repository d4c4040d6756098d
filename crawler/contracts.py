"""The contracts that `scrapy check` tests on each spider. It fetches from the sites that the settings name.

@first_page    use the first page that the spider would ask for
@papers 1      the page must give at least so many papers
"""

from __future__ import annotations

from typing import Any

from scrapy.contracts import Contract
from scrapy.exceptions import ContractFail

from crawler.spiders.base import PaperSpider
from papers.paper import Page


class FirstPageContract(Contract):
    """Fetches the first page of the first listing that the spider plans."""

    name = "first_page"

    def adjust_request_args(self, args: dict[str, Any]) -> dict[str, Any]:
        spider: PaperSpider = args["callback"].__self__
        return args | {"url": spider.address(spider.planned()[0], None)}


class PapersContract(Contract):
    """Fails if a page gives fewer papers than the number in the contract."""

    name = "papers"

    def post_process(self, output: list[Any]) -> None:
        count = sum(len(page.sightings) for page in output if isinstance(page, Page))
        if count < int(self.args[0]):
            raise ContractFail(f"Returned {count} papers, expected {self.args[0]} or more")
