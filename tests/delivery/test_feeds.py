"""Feeds: what readers of feeds make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import feedparser
import pytest
from lxml import etree

from delivery.feeds import FORMATS, NEVER, Feed, entry_of
from delivery.present import present
from indexer.results import Hit
from tests.making import document

HOSTILE = "A <b>title</b> & \x0b ]]> more"


def feed(**fields: Any) -> Feed:
    papers = [
        document("2611.00001", 1, title={"en": "An attention mechanism", "zh": "注意力"}, day=date(2026, 11, 20),
                 abstract={"en": "For $x^2$.", "zh": "中文。"}, authors=("Mira Holt", "Jun Arai")),
        document("2611.00002", 2, title=HOSTILE, abstract=HOSTILE, authors=(HOSTILE,), day=date(2026, 11, 19)),
    ]  # fmt: skip
    entries = [entry_of(present(Hit(paper)), f"https://p.example/paper/{paper.id}", versions=False) for paper in papers]
    values = {"title": "attention", "key": "/?q=attention", "language": "en", "entries": entries,
              "address": "https://p.example/feed?q=attention", "home": "https://p.example/?q=attention"}  # fmt: skip
    return Feed(**(values | fields))


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_xml_feeds(name: str) -> None:
    parsed = feedparser.parse(FORMATS[name].write(feed()))
    assert not parsed.bozo and parsed.feed.title == "attention"
    first, hostile = parsed.entries
    assert (first.id, first.link) == ("https://arxiv.org/abs/2611.00001", "https://p.example/paper/2611.00001")
    assert first.title == "An attention mechanism" and first.published_parsed[:3] == (2026, 11, 20)
    assert [author.name for author in first.authors] == ["Mira Holt", "Jun Arai"]
    content = first.content[0].value if "content" in first else first.summary
    assert "注意力" in content and "<math" in content and "中文。" in content
    assert (hostile.title_detail.type == "text/plain") == ("<b>" in hostile.title)
    assert [tag.term for tag in first.tags] == list(document().categories)


def test_atom_has_what_its_standard_asks_for() -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    atom = "{http://www.w3.org/2005/Atom}"
    root = etree.fromstring(FORMATS["atom"].write(feed()))
    for parent in (root, *root.findall(f"{atom}entry")):
        assert [len(parent.findall(atom + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        for name in ("updated", "published"):
            assert all(datetime.fromisoformat(each.text).tzinfo for each in parent.findall(atom + name))
    assert [link.get("rel") for link in root.findall(f"{atom}link")] == ["self", "alternate"]
    assert all(entry.findall(f"{atom}author/{atom}name") for entry in root.findall(f"{atom}entry"))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_json_feed() -> None:
    body = json.loads(FORMATS["json"].write(feed()))
    assert body["version"] == "https://jsonfeed.org/version/1.1" and body["title"] and body["feed_url"]
    assert all(isinstance(item["id"], str) and item["content_html"] for item in body["items"])
    assert body["items"][0]["authors"] == [{"name": "Mira Holt"}, {"name": "Jun Arai"}]


def test_the_same_search_is_the_same_feed() -> None:
    assert feed().id == feed(address="https://elsewhere.example/feed", home="https://elsewhere.example/").id
    assert feed().id != feed(key="/?q=other").id and feed().id.startswith("urn:uuid:")
    assert feed().updated == datetime(2026, 11, 20, 1, tzinfo=UTC) and feed(entries=()).updated == NEVER


def test_a_page_that_does_not_know_its_address() -> None:
    paper = document("2611.00001", 1)
    entry = entry_of(present(Hit(paper)), None, versions=False)
    assert entry.address == "https://arxiv.org/abs/2611.00001"
    for name, each in FORMATS.items():
        text = each.write(feed(entries=[entry], address=None, home=None)).decode()
        assert "2611.00001" in text and "None" not in text, name


def test_a_new_version_is_an_entry_only_where_it_is_asked_for() -> None:
    paper = replace(document("2611.00001", 1, version=2), updated=datetime(2026, 12, 1, 9, tzinfo=UTC))
    view = present(Hit(paper))
    quiet, loud = (entry_of(view, None, versions=versions) for versions in (False, True))
    assert (quiet.id, quiet.updated) == ("https://arxiv.org/abs/2611.00001", quiet.published)
    assert (loud.id, loud.updated) == ("https://arxiv.org/abs/2611.00001v2", paper.updated)
