"""Parsing of records, feeds and daily papers, against a bare lxml or orjson pass that reads the same fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
from lxml import etree

from benchmarks.corpus import LAST_DAY
from benchmarks.measure import Row, in_turn, milliseconds
from benchmarks.parse import LongWorld
from crawler.parsers import parser
from replica import feeds, huggingface, oai
from replica.world import version_days

RECORDS, ITEMS, ENTRIES = 1000, 2000, 100
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"


def run(records: int = RECORDS, items: int = ITEMS, entries: int = ENTRIES, runs: int = 7) -> list[Row]:
    """One page of each format, with abstracts as long as real ones."""
    return [
        *_compared("OAI-PMH, records", records, _oai_page(records), "arxiv-oai", _bare_oai, runs),
        *_compared("RSS, items", items, _feed(items), "arxiv-rss", _bare_rss, runs),
        *_compared("Hugging Face, entries", entries, _daily(entries), "huggingface-daily", _bare_daily, runs),
    ]


def _compared(
    name: str, count: int, body: bytes, format: str, bare_pass: Callable[[bytes], list[Any]], runs: int
) -> list[Row]:
    parse = parser(format)
    assert len(parse(body, "").sightings) == len(bare_pass(body)) == count
    bare, parsed = in_turn(runs, lambda: bare_pass(body), lambda: parse(body, ""))
    return [
        Row(f"{name}: {count:,}, {len(body) / 1e6:.1f} MB, bare pass", milliseconds(bare)),
        Row(f"{name}: parsed and normalised", milliseconds(parsed)),
        Row(f"{name}: ratio", f"{parsed / bare:.2f} ×", "under 2 ×"),
    ]


def _oai_page(count: int) -> bytes:
    world = LongWorld(papers_a_day=count)
    query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": str(LAST_DAY)}
    return oai.respond(world, "/oai", query, LAST_DAY, {}, count).body.encode()


def _feed(count: int) -> bytes:
    papers = LongWorld(papers_a_day=count).announced(LAST_DAY)
    items = [feeds.item("new", paper, LAST_DAY) for paper in papers]
    return feeds.rss("cs updates on arXiv.org", LAST_DAY, items).encode()


def _daily(count: int) -> bytes:
    papers = LongWorld(papers_a_day=count).announced(LAST_DAY)
    return json.dumps([huggingface.entry(paper, version_days(paper)[0]) for paper in papers]).encode()


def _bare_oai(body: bytes) -> list[dict[str, Any]]:
    """What somebody would write with lxml alone: the same fields, as they stand there."""
    papers = []
    for record in etree.fromstring(body).iter(f"{_OAI}record"):
        paper: dict[str, Any] = {"datestamp": record.findtext(f"{_OAI}header/{_OAI}datestamp")}
        raw = record.find(f"{_OAI}metadata/{_RAW}arXivRaw")
        for child in raw if raw is not None else ():
            name = etree.QName(child).localname
            if name == "version":
                version = (child.get("version"), child.findtext(f"{_RAW}date"), child.findtext(f"{_RAW}size"))
                paper.setdefault("versions", []).append(version)
            else:
                paper[name] = (child.text or "").strip()
        papers.append(paper)
    return papers


def _bare_rss(body: bytes) -> list[dict[str, Any]]:
    papers = []
    for item in etree.fromstring(body).iter("item"):
        paper: dict[str, Any] = {"categories": []}
        for child in item:
            name = etree.QName(child).localname
            if name == "category":
                paper["categories"].append(child.text)
            else:
                paper[name] = (child.text or "").strip()
        papers.append(paper)
    return papers


_KEPT = (
    "id", "title", "summary", "publishedAt", "submittedOnDailyAt", "upvotes", "githubRepo", "projectPage",
    "ai_keywords", "ai_summary", "organization", "mediaUrls",
)  # fmt: skip


def _bare_daily(body: bytes) -> list[dict[str, Any]]:
    papers = []
    for entry in orjson.loads(body):
        paper = {name: entry["paper"].get(name) for name in _KEPT}
        paper["authors"] = [author["name"] for author in entry["paper"]["authors"]]
        papers.append(paper)
    return papers
