"""Every spider that the loader lists, and the project as Scrapy sees it."""

from __future__ import annotations

import inspect
import re

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.parsers import FORMATS
from crawler.spiders.base import BadArgument, PaperSpider
from papers.categories import UnknownCategory
from tests.processes import scrapy

_settings = Settings()
_settings.setmodule("crawler.settings")
LOADER = SpiderLoader(_settings)
SPIDERS = sorted(LOADER.list())


def test_there_are_spiders() -> None:
    assert {"arxiv_new", "huggingface_daily"} <= set(SPIDERS)


@pytest.mark.parametrize("name", SPIDERS)
def test_every_spider_says_what_it_is(name: str) -> None:
    spider: type[PaperSpider] = LOADER.load(name)
    text = inspect.cleandoc(spider.__doc__ or "")
    for heading in ("Domain", "Caveats", "Spider arguments"):
        assert re.search(rf"^{heading}$", text, re.MULTILINE), heading
    for argument in spider.arguments:
        assert re.search(rf"^  {argument}$", text, re.MULTILINE), argument
    assert spider.format in FORMATS


@pytest.mark.parametrize("name", SPIDERS)
def test_every_spider_refuses_what_it_does_not_know(name: str) -> None:
    with pytest.raises(BadArgument, match="has no argument 'colour'"):
        LOADER.load(name)(colour="blue")
    with pytest.raises(BadArgument, match="is not a day"):
        LOADER.load(name)(date="yesterday")


def test_categories() -> None:
    spider = LOADER.load("arxiv_new")
    assert spider(categories=" cs.CL, CS.lg,cs.CL ").categories == ("cs.CL", "cs.LG")
    with pytest.raises(UnknownCategory):
        spider(categories="cs.CL,cs.XX")
    with pytest.raises(BadArgument, match="Name at least one"):
        spider(categories=" ,")


def test_scrapy_lists_and_checks_them() -> None:
    listed = scrapy("list")
    assert listed.returncode == 0 and listed.stdout.split() == SPIDERS
    assert scrapy("check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crawl", "nosuch"), "There is no spider 'nosuch'"),
        (("crawl", "arxiv_new", "-a", "categories=cs.XX"), "'cs.XX' is not an arXiv category"),
        (("crawl", "arxiv_new"), "arXiv asks crawlers for a contact"),
        (("crawl", "huggingface_daily", "-a", "date=2026-13-01"), "'2026-13-01' is not a day"),
        (("crawl",), "Name one spider"),
    ],
)
def test_a_bad_call_gets_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = scrapy(*arguments)
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_listens() -> None:
    assert _settings.getbool("TELNETCONSOLE_ENABLED") is False
    assert _settings.getbool("REMOTE_CONTROL_ENABLED") is False
    assert _settings.getbool("ROBOTSTXT_OBEY") is True
