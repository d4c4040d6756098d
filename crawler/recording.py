"""Pages as golden cases for the tests of parsers: fetched as a crawl would, or from a file.

A case is a folder: the page, its address, and what its parser makes of it. `tests/crawler/test_parsers_golden.py` reads
them all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import judgement
from crawler.parsers import UnexpectedPage, parser
from crawler.settings import CrawlSettings, check_contact
from crawler.sites import site_of
from papers.errors import PaperglotError, UsageError

_SUFFIXES = {"[": "json", "{": "json", "<?xml": "xml", "<rss": "xml", "<feed": "xml", "<OAI": "xml"}


class NotFetched(PaperglotError):
    """Raised by `fetch`: the page did not come. The error's text says why."""


def result_of(format: str, body: bytes, url: str) -> Any:
    """What a parser makes of a page, as plain JSON without empty values: its Page, or `{"error": …}`."""
    try:
        page = parser(format)(body, url)
    except UnexpectedPage as error:
        return {"error": str(error)}
    return _without_empty(orjson.loads(orjson.dumps(page, default=list)))


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    if isinstance(value, dict):
        return {
            name: _without_empty(item)
            for name, item in value.items()
            if item not in (None, "", []) and item is not False
        }
    return value


def format_of(url: str) -> str | None:
    """The format of the pages at an address: that of the spider that reads them; None where no spider does."""
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings")
    spiders = SpiderLoader(settings)
    names = (name for name in spiders.list() if spiders.load(name).handles_request(Request(url)))
    return next((str(spiders.load(name).format) for name in names), None)


def write_case(folder: Path, format: str, body: bytes, url: str) -> Any:
    """Write a case into a new folder; return what its parser makes of it. Raises UsageError where there is one."""
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"The case {folder} cannot be made: {error.strerror}.") from error
    start = body.lstrip()[:8].decode("utf-8", "replace")
    suffix = next((suffix for begin, suffix in _SUFFIXES.items() if start.startswith(begin)), "html")
    (folder / f"page.{suffix}").write_bytes(body)
    if url:
        (folder / "url.txt").write_text(f"{url}\n", "utf-8")
    result = result_of(format, body, url)
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    (folder / "expected.json").write_bytes(orjson.dumps(result, option=options))
    return result


class _OnePage(Spider):
    """Fetches one page, whatever its status is."""

    name = "one_page"

    def __init__(self, url: str, answers: list[Response | str]) -> None:
        super().__init__()
        self._url = url
        self._answers = answers

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self._url, errback=self.failed, meta={"handle_httpstatus_all": True})

    def parse(self, response: Response) -> None:
        self._answers.append(response)

    def failed(self, failure: Any) -> None:
        verdict = judgement.of_error(failure.value)
        self._answers.append(verdict[1] if verdict else "it was stopped")


def fetch(url: str) -> bytes:
    """The body of a page, fetched at the pace of a crawl and by its rules. Only once in a process.

    Raises UsageError for an address of no site that is crawled, ContactMissing, and NotFetched.
    """
    settings = CrawlSettings.load()
    site = site_of(url, settings)
    if site is None:
        raise UsageError(f"{url} is not an address of arXiv or Hugging Face: save the page, and name the file.")
    check_contact(settings, site.name)
    scrapy_settings = Settings()
    scrapy_settings.setmodule("crawler.scrapy_settings", priority="project")
    scrapy_settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
    scrapy_settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    answers: list[Response | str] = []
    process = AsyncCrawlerProcess(scrapy_settings)
    process.crawl(_OnePage, url=url, answers=answers)
    process.start()
    answer = answers[0] if answers else "it was stopped"
    if isinstance(answer, str):
        raise NotFetched(f"{url} {answer}.")
    return bytes(answer.body)
