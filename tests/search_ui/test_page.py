"""The page as HTML, without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from delivery.messages import Messages
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.errors import PaperglotError
from search_ui import app as app_module
from search_ui.app import application
from tests.search_ui.conftest import HOSTILE


def tree(text: str) -> HtmlElement:
    return html.document_fromstring(text)


def titles(text: str) -> list[str]:
    return [" ".join(h2.text_content().split()) for h2 in tree(text).cssselect("article h2")]


def test_the_front_page_is_the_newest_day(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Friday, 20 November 2026" in page.text and "32 papers" in page.text
    assert len(titles(page.text)) == 20
    hidden = [field.get("name") for field in tree(page.text).cssselect('input[type="hidden"]')]
    assert not hidden  # a search from here is not held to the day


def test_a_search(client: TestClient) -> None:
    page = client.get("/", params={"q": "attention"})
    assert titles(page.text) == ["An attention mechanism"]
    assert "<mark>attention</mark>" in page.text and "1 paper" in page.text
    assert tree(page.text).cssselect('.both p[lang="zh"]')[0].text_content() == "中文摘要。"


def test_pages_end_where_the_papers_do(client: TestClient) -> None:
    first = client.get("/", params={"q": "clocks", "sort": "newest"})
    assert [a.text for a in tree(first.text).cssselect(".pages a")] == ["1", "2", "3", "Next"]
    shown_titles: list[str] = []
    address = "/?q=clocks&sort=newest"
    while address:
        page = client.get(address)
        shown_titles += titles(page.text)
        following = tree(page.text).cssselect(".pages a[rel=next]")
        address = following[0].get("href") if following else ""
    assert len(shown_titles) == len(set(shown_titles)) == 45


def test_no_phantom_page_at_an_exact_multiple(client: TestClient) -> None:
    page = client.get("/", params={"q": "clocks", "size": "15", "page": "3", "sort": "newest"})
    assert len(titles(page.text)) == 15
    assert not tree(page.text).cssselect(".pages a[rel=next]")


def test_filters_are_links_that_add_and_take_away(client: TestClient) -> None:
    page = tree(client.get("/", params={"q": "clocks"}).text)
    link = next(a for a in page.cssselect(".facets a") if "math.NT" in a.text_content())
    assert link.cssselect("span")[-1].text == "22"
    narrowed = client.get(link.get("href"))
    assert "22 papers" in narrowed.text
    chip = tree(narrowed.text).cssselect(".chips a")[0]
    assert "45 papers" in client.get(chip.get("href")).text


def test_the_histogram_leads_to_its_days(client: TestClient) -> None:
    bars = tree(client.get("/", params={"q": "clocks"}).text).cssselect("svg.histogram a")
    assert [bar.get("aria-label") for bar in bars] == ["2026-11-19: 15 papers", "2026-11-20: 30 papers"]
    assert "15 papers" in client.get(bars[0].get("href")).text


def test_a_pasted_id_jumps(client: TestClient) -> None:
    for text in ("2611.00007", "arXiv:2611.00007v2", "https://arxiv.org/abs/2611.00007"):
        answer = client.get("/", params={"q": text}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "/paper/2611.00007")
    assert "2401.00001 is not in this index" in client.get("/", params={"q": "2401.00001"}).text


def test_a_paper(client: TestClient) -> None:
    page = client.get("/paper/2611.00005")
    assert page.status_code == 200
    shown = tree(page.text)
    assert shown.cssselect("h1")[0].text_content() == "Sparse clocks number 5"
    assert shown.cssselect("math")
    assert shown.cssselect('meta[name="citation_arxiv_id"]')[0].get("content") == "2611.00005"
    assert "Computation and Language" in page.text and "https://github.com/a/b" in page.text
    assert len(shown.cssselect("#similar li a")) == 8


def test_a_paper_in_other_words(client: TestClient) -> None:
    answer = client.get("/paper/arXiv:2611.00005v3", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/paper/2611.00005")
    assert client.get("/paper/2401.00001").status_code == 404
    assert client.get("/paper/nonsense").status_code == 404


def test_what_papers_say_is_escaped_everywhere(client: TestClient) -> None:
    for address in ("/paper/2611.00046", "/?q=script", "/?q=" + quote(HOSTILE), "/paper/2611.00001"):
        text = client.get(address).text
        assert text.count("<script") <= 1  # our own
        assert not re.search(r"<[^>]*\sonload=", text)


HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")


@pytest.mark.parametrize(
    "address", ["/", "/?q=clocks", "/paper/2611.00005", "/nothing", "/static/style.css", "/api/v1/search"]
)
def test_every_answer_has_strict_headers(address: str, client: TestClient) -> None:
    answer = client.get(address)
    for header in HEADERS:
        assert header in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy


@pytest.mark.parametrize("address", ["/", "/?q=clocks", "/paper/2611.00005", "/nothing"])
def test_nothing_inline_and_nothing_from_elsewhere(address: str, client: TestClient) -> None:
    page = tree(client.get(address).text)
    assert not page.cssselect("style, iframe, object")
    assert [script.get("src", "").rpartition("/")[2] for script in page.cssselect("script")] == ["page.js"]
    for element in page.iter():
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    for element in page.cssselect("link[href], img[src]"):
        if element.get("rel") not in ("alternate", "canonical", "search"):
            assert (element.get("href") or element.get("src")).startswith("/static/")


def test_languages(client: TestClient) -> None:
    assert 'lang="en"' in client.get("/").text
    chinese = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "2026年11月20日星期五" in chinese and "篇论文" in chinese
    answer = client.get("/language/zh", params={"back": "/?q=clocks"}, follow_redirects=False)
    assert answer.headers["location"] == "/?q=clocks"
    assert "搜索" in client.get("/?q=clocks").text
    assert client.get("/language/xx").status_code == 404


def test_the_texts_of_both_languages_or_of_one(client: TestClient) -> None:
    def shown(address: str) -> list[str]:
        return [
            text.text_content() for text in tree(client.get(address).text).cssselect(".paper [lang] p, p[lang], h1")
        ]

    english, chinese = "In English.", "中文摘要。"
    address = "/?q=attention"
    assert {english, chinese} <= set(shown(address))
    answer = client.get("/texts/zh", params={"back": address}, follow_redirects=False)
    assert answer.headers["location"] == address
    assert chinese in shown(address) and english not in shown(address)
    page = tree(client.get(address).text)
    assert page.cssselect("h2 a")[0].text_content() == "一种注意力机制"
    assert [chosen.text_content() for chosen in page.cssselect(".choice b")] == ["中文"]
    assert chinese in shown("/paper/2611.00047") and english not in shown("/paper/2611.00047")
    client.get("/texts/en")
    assert english in shown(address) and chinese not in shown(address)
    client.get("/texts/both")
    assert {english, chinese} <= set(shown(address))
    assert client.get("/texts/xx").status_code == 404


def test_who_translated(client: TestClient) -> None:
    for address in ("/?q=attention", "/paper/2611.00047"):
        assert "translations made offline by a machine" in client.get(address).text
        assert "by a toy model" in client.get(address).text
    assert "en-zh 0.2 (demo)" in client.get("/paper/2611.00047").text
    assert "toy model" not in client.get("/paper/2611.00005").text


def test_a_text_that_is_not_there_in_the_chosen_language_is_shown_in_its_own(client: TestClient) -> None:
    client.get("/texts/zh")
    page = client.get("/?sort=newest").text
    assert "We bound" in page and "Not translated yet." in page


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\r\nb: c"]
)
def test_the_language_switch_leads_nowhere_else(back: str, client: TestClient) -> None:
    answer = client.get("/language/zh", params={"back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "query",
    ["q=C%2B%2B", 'q="', "q=%00%ff", "q=" + "x" * 5000, "q=" + "(" * 3000, "page=99999", "page=-1", "size=0", "year=x",
     "from=never", "sort=colour", "cursor=x&sort=newest", "category=" + "a" * 500, "%", "q=a&q=b",
     "sort=upvotes&cursor=5"],
)  # fmt: skip
def test_no_address_gives_an_error(query: str, client: TestClient) -> None:
    assert client.get("/?" + query).status_code == 200


@pytest.fixture(scope="module")
def typed() -> Iterator[TestClient]:
    import tempfile

    from delivery.settings import PageSettings
    from indexer.engines import open_engine
    from tests.indexer.contract import fill
    from tests.search_ui.conftest import documents

    with tempfile.TemporaryDirectory() as name:
        engine = open_engine(Path(name))
        fill(engine, documents())
        yield TestClient(app_module.application(engine, PageSettings()), raise_server_exceptions=False)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_typed_gives_an_error(text: str, typed: TestClient) -> None:
    assert typed.get("/", params={"q": text}).status_code == 200
    assert typed.get("/api/v1/search", params={"q": text}).status_code == 200
    assert typed.get("/api/v1/suggest", params={"q": text}).status_code == 200


def test_without_an_index(empty_client: TestClient) -> None:
    page = empty_client.get("/")
    assert page.status_code == 200
    for command in ("crawl", "import kaggle FILE", "demo", "index"):
        assert f"paperglot {command}" in page.text
    searched = empty_client.get("/?q=clocks")
    assert searched.status_code == 503 and "paperglot index" in searched.text


def test_an_index_without_papers(folder: Path) -> None:
    from delivery.settings import PageSettings
    from indexer.engines import open_engine
    from tests.indexer.contract import fill

    engine = open_engine(folder)
    fill(engine, [], cursor=0)
    client = TestClient(app_module.application(engine, PageSettings()))
    assert "There is nothing to search yet" in client.get("/").text
    assert "No paper matches" in client.get("/?q=clocks").text


def test_every_error_becomes_its_status(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def subclasses(kind: type[PaperglotError]) -> set[type[PaperglotError]]:
        below = {subclass for direct in kind.__subclasses__() for subclass in subclasses(direct)}
        return {kind} | below

    kinds = subclasses(PaperglotError)
    assert len(kinds) > 8
    for kind in kinds:
        error = kind.__new__(kind)
        Exception.__init__(error, "One clear sentence.")

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(client.app.state.engine, "search", fail)  # type: ignore[attr-defined]
        page, api = client.get("/?q=x"), client.get("/api/v1/search?q=x")
        assert page.status_code == api.status_code == kind.status, kind
        sentence = Messages("en")("away") if kind.internal else "One clear sentence."
        assert sentence in page.text and api.json()["detail"] == sentence


def test_an_error_of_ours_shows_no_traceback(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.app.state.engine, "search", lambda search: 1 / 0)  # type: ignore[attr-defined]
    page = client.get("/?q=x")
    assert page.status_code == 500
    assert "ZeroDivisionError" not in page.text and "Something went wrong" in page.text


def test_style_sheets_are_small_and_slant_nothing() -> None:
    """A slanted Chinese character is a mistake, and every sheet may meet one."""
    sheets = list(app_module.STATIC.glob("*.css"))
    assert len(sheets) > 2
    for sheet in sheets:
        text = sheet.read_text("utf-8")
        assert len(text) < 10_000 and "italic" not in text and "oblique" not in text, sheet.name


@pytest.mark.parametrize("address", ["/", "/?q=clocks", "/paper/2611.00047", "/statistics"])
def test_a_first_visit_is_light(address: str, client: TestClient) -> None:
    """Page, style sheets and scripts together, as they go over the wire."""
    headers = {"Accept-Encoding": "gzip"}
    page = client.get(address, headers=headers)
    parts = tree(page.text).cssselect('link[rel="stylesheet"], link[rel="icon"], script')
    addresses = [part.get("href") or part.get("src") for part in parts]
    scripts = [f"{addresses[-1].rpartition('/')[0]}/{name}.js" for name in ("page", "store", "suggest")]
    answers = [page, *(client.get(part, headers=headers) for part in {*addresses, *scripts})]
    assert len(answers) > 5 and all(answer.status_code == 200 for answer in answers)
    assert sum(int(answer.headers["content-length"]) for answer in answers) < 60_000


def test_what_a_reader_has_is_not_sent_again(client: TestClient) -> None:
    for address in ("/", "/?q=clocks", "/paper/2611.00047", "/api/v1/search", "/feed", "/statistics"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), address
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    english, chinese = (client.get("/", headers={"Accept-Language": code}).headers["etag"] for code in ("en", "zh"))
    assert english != chinese


def test_an_index_of_the_version_before_is_shown(folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copytree(Path(__file__).parent.parent / "golden" / "index" / "embedded", folder / "index")
    client = TestClient(application(open_engine(folder), PageSettings()))
    for address in ("/", "/?q=attention", "/?archive=cs", "/?translation=zh:pending", "/statistics", "/days", "/feed"):
        assert client.get(address).status_code == 200, address
