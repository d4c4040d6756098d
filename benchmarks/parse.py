"""Parsing and keeping a listing, against a bare lxml pass that reads the same fields."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from lxml.html import HtmlElement, HTMLParser, document_fromstring

from benchmarks.corpus import LAST_DAY
from benchmarks.measure import Row, in_turn, milliseconds
from crawler.parsers import parser
from papers.catalogue import Catalogue
from replica import lists
from replica.world import ReplicaPaper, World

ENTRIES = 2000


def run(entries: int = ENTRIES, runs: int = 7) -> list[Row]:
    """One page as arXiv would send it: `entries` entries with abstracts, new, crossed and replaced."""
    body = listing(entries).encode()
    url = "https://arxiv.org/list/cs/new"
    parse = parser("arxiv-listing")
    with tempfile.TemporaryDirectory() as name:
        number = iter(range(10_000))

        def keep() -> None:
            with Catalogue(Path(name) / str(next(number)), write=True) as catalogue:
                catalogue.keep(parse(body, url), datetime(2026, 11, 20, tzinfo=UTC))

        bare, parsed, stored = in_turn(runs, lambda: bare_pass(body), lambda: parse(body, url), keep)
    return [
        Row(f"bare lxml pass, {entries:,} entries, {len(body) / 1e6:.1f} MB", milliseconds(bare)),
        Row("parsed and normalised", milliseconds(parsed)),
        Row("parsed, normalised and kept", milliseconds(stored)),
        Row("ratio", f"{stored / bare:.2f} ×", "under 3 ×"),
    ]


class LongWorld(World):
    """Papers whose abstracts are as long as real ones: three times the stand-in's."""

    def _paper(self, day: date, number: int) -> ReplicaPaper:
        paper = super()._paper(day, number)
        english, chinese = paper.abstract
        return replace(paper, abstract=(" ".join([english] * 3), chinese * 3))


def listing(entries: int) -> str:
    """The stand-in's listing of an archive, cut to `entries`."""
    return lists.listing(LongWorld(papers_a_day=max(10, entries * 3)), "cs", LAST_DAY, 0, entries)


def bare_pass(body: bytes) -> list[dict[str, object]]:
    """What somebody would write with lxml alone: the same fields, as they stand there."""
    root = document_fromstring(body, parser=HTMLParser(encoding="utf-8"))
    papers = []
    terms = cast("list[HtmlElement]", root.iter("dt"))
    for dt, dd in zip(terms, cast("list[HtmlElement]", root.iter("dd")), strict=True):
        paper: dict[str, object] = {"marks": dt.text_content()}
        for link in dt.iter("a"):
            if link.get("title") == "Abstract":
                paper["id"] = link.get("id")
            elif link.get("title") == "View HTML":
                paper["html"] = link.get("href")
        for element in cast("list[HtmlElement]", dd.iter("div", "p")):
            kind = (element.get("class") or "").split(" ")[0]
            if kind == "list-authors":
                paper["authors"] = [link.text_content() for link in element.iter("a")]
            elif kind != "meta":
                paper[kind] = element.text_content().strip()
        papers.append(paper)
    return papers
