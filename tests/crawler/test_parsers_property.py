"""What holds of every format: no letter of a text is lost, and an odd record costs nothing but itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.parsers import FORMATS, parser
from crawler.parsers.kaggle import parse_line
from faults import pages
from papers.paper import LONGEST, LONGEST_NAME, Page, PageState, Sighting

ID = "2611.70001"
HEAD = "<html><body><div id='dlpage'><h1>CL</h1><h3>Showing new listings for Friday, {day}</h3><dl id='articles'>"


def list_page(*titles: str, day: str = "20 November 2026") -> bytes:
    entries = "".join(
        f"<dt><a title='Abstract' id='2611.7000{number}'>x</a></dt><dd><div class='list-title'>{escape(title)}</div>"
        f"<p class='mathjax'>{escape(title)}</p></dd>"
        for number, title in enumerate(titles, start=1)
    )
    count = f"<h3>New submissions (showing {len(titles)} of {len(titles)} entries)</h3>"
    return f"{HEAD.format(day=day)}{count}{entries}</dl></div></body></html>".encode()


def daily(*entries: Any) -> bytes:
    return json.dumps(entries).encode()


def entry(title: Any, **fields: Any) -> dict[str, Any]:
    return {"paper": {"id": ID, "title": title, "summary": title, **fields}}


def with_text(page: str) -> Callable[[str], bytes]:
    """A page whose title and abstract are a text."""
    return lambda text: page.replace("A title", escape(text)).replace("An abstract.", escape(text)).encode()


PAGES: dict[str, Callable[[str], bytes]] = {
    "arxiv-abs": with_text(pages.ABS),
    "arxiv-api": with_text(pages.API),
    "arxiv-html": with_text(pages.HTML.replace('The caption <math alttext="k"></math>.', "An abstract.")),
    "arxiv-listing": list_page,
    "arxiv-oai": with_text(pages.OAI),
    "arxiv-rss": with_text(pages.RSS),
    "huggingface-daily": lambda text: daily(entry(text)),
    "huggingface-paper": lambda text: json.dumps(entry(text)["paper"]).encode(),
    "kaggle": lambda text: json.dumps({"id": ID, "title": text, "abstract": text, "categories": "cs.CL"}).encode(),
}
ALLOWED = re.compile(r"<(?:sub|sup|i|b|em|strong|p|a|span|br)\b", re.IGNORECASE)


TEXTS = st.text(alphabet="abipqs<>$& ", min_size=1, max_size=60).filter(
    lambda text: bool(text.strip()) and not ALLOWED.search(text)
)


def read(format: str, body: bytes) -> Page:
    return parser(format)(body, "https://arxiv.org/list/cs.CL/new" if format == "arxiv-listing" else "")


def test_every_format_is_here() -> None:
    assert set(PAGES) == set(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
@given(TEXTS)
@example("for $p<q$ and $r>s$ we")
@example("&lt; <think> x")
def test_letters_and_signs_come_through(format: str, text: str) -> None:
    sighting: Sighting = read(format, PAGES[format](text)).sightings[0]
    captions = [figure.caption for figure in sighting.html_figures]
    for value in (sighting.title, *(captions or [sighting.abstract])):
        assert (value or "").replace(" ", "") == "".join(text.split())


@pytest.mark.parametrize(
    "odd",
    [
        *(None, 5, "x", [1], {"paper": None}, {"paper": "x"}, {}, {"paper": {"title": "no id"}}),
        *(entry(None), entry(5), entry(["x"]), entry("t", authors="x"), entry("t", organization="x")),
    ],
)
def test_an_odd_entry_costs_nothing_but_itself(odd: Any) -> None:
    page = read("huggingface-daily", daily(entry("A good one"), odd))
    assert [sighting.title for sighting in page.sightings] == ["A good one"]
    assert page.state is PageState.PARTIAL and len(page.rejected) == 1 and page.rejected[0].number == 2


@pytest.mark.parametrize(
    "fields",
    [
        *({"upvotes": value} for value in (-1, 10**30, "many", 1.5, [1])),
        *({"publishedAt": value} for value in ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", 5, "soon")),
        {"submittedOnDailyAt": "0001-01-01T00:00:00Z"},
        {"ai_keywords": "a, b"},
        {"title": "half a pair \ud800"},
    ],
)
def test_an_odd_value_costs_nothing_but_itself(fields: dict[str, Any]) -> None:
    page = read("huggingface-daily", daily({"paper": entry("Title")["paper"] | fields}))
    assert len(page.sightings) == 1 and page.state is PageState.COMPLETE
    sighting = page.sightings[0]
    assert sighting.upvotes is None and (sighting.submitted is None or sighting.submitted.year == 2026)
    assert sighting.keywords in ((), ("a", "b"))


@pytest.mark.parametrize("day", ["22 September 9999", "32 November 2026", "no day"])
def test_a_list_of_no_possible_day_has_none(day: str) -> None:
    page = read("arxiv-listing", list_page("Title", day=day))
    assert page.day is None and len(page.sightings) == 1


@pytest.mark.parametrize("parsed", ["Ruiz", ["Ruiz"], {"a": 1}, [[]], [None]])
def test_authors_in_parts_that_are_not_lists(parsed: Any) -> None:
    line = {"id": ID, "title": "t", "authors": "Ana Ruiz", "authors_parsed": parsed}
    (sighting,) = read("kaggle", json.dumps(line).encode()).sightings
    assert sighting.authors == ("Ana Ruiz",) and sighting.author_names == ()


def test_texts_that_are_too_long_are_cut_and_named() -> None:
    line = {"id": "2611.00001", "title": "T " * 2000, "abstract": "word " * 10_000, "comments": "c" * 6000}
    line |= {"authors_parsed": [["x" * 900, "Ana", ""]], "categories": "cs.CL", "versions": []}
    sighting, notes, _ = parse_line(orjson.dumps(line))
    assert sighting.abstract and len(sighting.abstract) <= LONGEST["abstract"] and sighting.abstract.endswith("word …")
    assert len(sighting.title or "") <= LONGEST["title"] and len(sighting.comments or "") <= LONGEST["comments"]
    assert len(sighting.authors[0]) <= LONGEST_NAME + 4
    assert "the abstract of 49,999 characters was cut to 20,000" in notes
    entry = {
        "paper": {
            "id": "2611.00001",
            "title": "T",
            "summary": "word " * 10_000,
            "githubRepo": "https://x.org/" + "a" * 2000,
        }
    }
    page = parser("huggingface-daily")(orjson.dumps([entry]), "https://huggingface.co/api/daily_papers?date=2026-11-20")
    assert page.state is PageState.COMPLETE and any("the abstract of 49,999" in note for note in page.warnings)
