"""Every spider that the loader lists, and the project as Scrapy sees it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest
from scrapy import Request
from scrapy.contracts import ContractsManager
from scrapy.settings import Settings
from scrapy.settings.default_settings import SPIDER_CONTRACTS_BASE as _BASE_CONTRACTS
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from crawler.parsers import FORMATS
from crawler.spiders.base import BadArgument, PaperSpider
from papers.categories import UnknownCategory
from papers.errors import UsageError
from replica.faults import Fault
from replica.server import Replica
from tests.conftest import TODAY
from tests.processes import at, scrapy

_settings = Settings()
_settings.setmodule("crawler.scrapy_settings")
LOADER = SpiderLoader(_settings)
SPIDERS = sorted(LOADER.list())
# What a spider cannot be made without.
NEEDED = {name: {"ids": "2611.00020"} for name in ("arxiv_abs", "arxiv_html")}


def made(name: str, **arguments: str) -> PaperSpider:
    spider: PaperSpider = LOADER.load(name)(**NEEDED.get(name, {}) | arguments)
    return spider


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
    if "date" in LOADER.load(name).arguments:
        with pytest.raises(BadArgument, match="is not a day"):
            LOADER.load(name)(date="yesterday")


@pytest.mark.parametrize("name", SPIDERS)
def test_every_spider_plans_what_it_asks_for(name: str) -> None:
    spider = made(name)
    planned = spider.planned()
    assert planned and len(set(planned)) == len(planned)
    for listing in planned:
        assert spider.handles_request(Request(spider.address(listing, None)))
    other_names = [other_name for other_name in SPIDERS if other_name != name]
    assert not any(
        LOADER.load(other_name).handles_request(Request(spider.address(planned[0], None))) for other_name in other_names
    )


@pytest.mark.parametrize("name", SPIDERS)
def test_every_spider_has_a_contract(name: str) -> None:
    manager = ContractsManager(map(load_object, _settings.getdict("SPIDER_CONTRACTS") | _BASE_CONTRACTS))
    spider = made(name)
    if name in NEEDED:
        assert not manager.tested_methods_from_spidercls(type(spider))
        return
    methods = [getattr(spider, method) for method in manager.tested_methods_from_spidercls(type(spider))]
    kinds = {type(contract).name for method in methods for contract in manager.extract_contracts(method)}
    assert {"first_page", "papers"} <= kinds


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("arxiv_abs", {"ids": " ,"}, "Name at least one paper"),
        ("arxiv_abs", {"ids": "x"}, "'x' is no arXiv identifier"),
        ("arxiv_month", {"months": "2026"}, "'2026' is not a month"),
        ("arxiv_month", {"months": "1990-01"}, "has lists from 1991-07"),
        ("arxiv_month", {"months": " "}, "Name at least one month"),
        ("arxiv_oai", {"sets": ""}, "Name at least one set"),
        ("arxiv_oai", {"sets": "nonsense:x"}, "'nonsense:x' is not an arXiv category"),
        ("arxiv_oai", {"sets": "cs:cs:CL garbage"}, "'cs:cs:CL garbage' is not an arXiv category"),
        ("arxiv_oai", {"sets": "cs:cs:CX"}, "'cs:cs:CX' is not an arXiv category"),
        ("arxiv_oai", {"sets": "cs::"}, "'cs::' is not an arXiv category"),
        ("huggingface_daily", {"month": "1800-01"}, "Nobody listed papers in 1800-01"),
        ("arxiv_oai", {"from": "2026-11-02", "until": "2026-11-01"}, "end before"),
        ("arxiv_oai", {"since": "yesterday"}, "Write since=snapshot"),
        ("arxiv_oai", {"since": "snapshot"}, "No snapshot was imported yet"),
        ("huggingface_daily", {"week": "2026-47"}, "'2026-47' is not a week"),
        ("huggingface_daily", {"week": "2026-W60"}, "'2026-W60' is not a week"),
        ("huggingface_daily", {"month": "2026-13"}, "'2026-13' is not a month"),
        ("huggingface_daily", {"month": "2999-01"}, "has not come yet"),
        ("huggingface_daily", {"month": "2026-01", "date": "2026-01-01"}, "not several of them"),
    ],
)
def test_what_a_spider_cannot_use_gets_a_sentence(name: str, arguments: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        LOADER.load(name)(**arguments)


def test_sets() -> None:
    """A category with two codes has two sets, whichever code names it."""
    spider = LOADER.load("arxiv_oai")
    assert spider(sets="cs.CL,hep-th,cs,all").sets == ["cs:cs:CL", "physics:hep-th", "cs", "all"]
    assert spider(sets="astro-ph.GA,math.NA").sets == ["physics:astro-ph:GA", "math:math:NA", "cs:cs:NA"]
    assert spider(sets="cs.NA").sets == ["math:math:NA", "cs:cs:NA"]
    assert spider(sets="cs:cs:AI", **{"from": "2026-01-05"}).planned()[0].name == "cs:cs:AI from 2026-01-05"


def test_days_that_catch_up_pages_do_not_have() -> None:
    with pytest.raises(BadArgument, match="'paperglot import kaggle' brings older papers"):
        LOADER.load("arxiv_catchup")(date="2011-02-03")
    with pytest.raises(BadArgument, match="has not come yet"):
        LOADER.load("arxiv_catchup")(date="2999-01-01")
    with pytest.raises(BadArgument, match="Name at least one day"):
        LOADER.load("arxiv_catchup")(date=" ,")


def test_categories() -> None:
    spider = LOADER.load("arxiv_new")
    assert spider(categories=" cs.CL, CS.lg,cs.CL ").categories == ("cs.CL", "cs.LG")
    with pytest.raises(UnknownCategory):
        spider(categories="cs.CL,cs.XX")
    with pytest.raises(BadArgument, match="Name at least one"):
        spider(categories=" ,")


def test_scrapy_lists_them() -> None:
    listed = scrapy("list")
    assert listed.returncode == 0 and listed.stdout.split() == SPIDERS


def test_scrapy_checks_them(replica: Callable[..., Replica]) -> None:
    """Contracts on pages of the stand-in, on the day that it shows."""
    stand_in = replica()
    process = at(f"{TODAY}T14:00:00+00:00", "scrapy", "check")
    assert process.returncode == 0, process.stderr
    assert int(re.findall(r"Ran (\d+) contracts", process.stderr)[0]) >= 2 * (len(SPIDERS) - len(NEEDED))
    stand_in.faults.append(Fault("/api/", body=b"[]", times=9))
    process = at(f"{TODAY}T14:00:00+00:00", "scrapy", "check", "huggingface_daily")
    assert process.returncode == 1 and "expected 1 or more" in process.stderr


def test_scrapy_shell_and_parse_answer(replica: Callable[..., Replica]) -> None:
    stand_in = replica()
    address = f"{stand_in.url('arxiv')}/list/cs.CL/new"
    process = scrapy("shell", address, "-c", "print('status', response.status, len(response.body) > 1000)")
    assert "status 200 True" in process.stdout, process.stderr
    assert stand_in.requests[-1].headers["User-Agent"].startswith("Paperglot/")
    title = next(p for p in stand_in.world.announced(TODAY) if p.categories[0] == "cs.CL").title[0]
    process = scrapy("parse", address, "--nocolour")
    assert title.split()[0] in process.stdout and "Traceback" not in process.stderr
    process = scrapy("parse", f"{stand_in.url('huggingface')}/api/daily_papers?date={TODAY}", "--nocolour")
    assert "huggingface-daily" in process.stdout and "Traceback" not in process.stderr


def test_nothing_is_asked_of_others_without_a_contact() -> None:
    process = scrapy("fetch", "https://arxiv.org/list/cs.CL/new")
    assert "arXiv asks crawlers for a contact" in process.stderr


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
    process = scrapy(*arguments)
    assert process.returncode == 2
    assert said in process.stdout + process.stderr
    assert "Traceback" not in process.stderr


def test_nothing_listens() -> None:
    assert _settings.getbool("TELNETCONSOLE_ENABLED") is False
    assert _settings.getbool("REMOTE_CONTROL_ENABLED") is False
    assert _settings.getbool("ROBOTSTXT_OBEY") is True
