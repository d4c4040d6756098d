"""Feeds of papers: Atom 1.0, JSON Feed 1.1 and RSS 2.0, from the same entries."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

import orjson
from lxml import etree

from delivery.html import to_html
from delivery.messages import Messages
from delivery.present import Link, View
from papers.calendar import announced_at

_ATOM, _DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CATEGORIES = "http://arxiv.org/schemas/atom"
# Characters that no XML 1.0 document can have.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The date of a feed without entries, and of a paper whose day is not known: the same whenever it is asked for.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in a feed. `id` never changes; `content` is HTML."""

    id: str
    title: str
    address: str
    language: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    content: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A search as a feed. `key` names the search. `address` is the feed's own, `home` that of the page with the same
    papers; they are None where the page does not know its own address."""

    title: str
    key: str
    address: str | None
    home: str | None
    language: str
    entries: Sequence[Entry]

    @property
    def id(self) -> str:
        """The same for the same search, wherever the page is served, and in every format."""
        return uuid.uuid5(uuid.NAMESPACE_URL, self.key).urn

    @property
    def updated(self) -> datetime:
        """When its newest entry was."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def entry_of(view: View, page: str | None, *, versions: bool) -> Entry:
    """The entry of a paper with the texts of its view; `page` is the address of the paper's page, or it is arXiv's.

    With `versions`, every version is an entry of its own. Otherwise a later version changes nothing: no reader shows
    the paper again.
    """
    document = view.document
    published = announced_at(document.day) if document.day else NEVER
    is_later = versions and (document.version or 1) > 1
    mark = f"{Messages(document.language)('withdrawn')}: " if document.is_withdrawn else ""
    paragraphs = [
        *([f"<p><b>{escape(mark + (document.withdrawal or ''))}</b></p>"] if mark else ()),
        *(f'<p lang="{title.language}"><b>{to_html(title.segments)}</b></p>' for title in view.titles[1:]),
        *(f'<p lang="{text.language}">{to_html(text.segments)}</p>' for text in view.abstracts),
        f"<p>{' · '.join(map(_link, view.links))}</p>",
    ]
    first = view.titles[0] if view.titles else None
    return Entry(
        id=f"https://arxiv.org/abs/{document.id}" + (f"v{document.version}" if is_later else ""),
        title=mark + (document.title[first.language] if first else document.id),
        address=page or f"https://arxiv.org/abs/{document.id}",
        language=first.language if first else document.language,
        authors=document.authors,
        categories=document.categories,
        content="\n".join(paragraphs),
        published=published,
        updated=max(published, document.updated) if is_later and document.updated else published,
    )


def _link(link: Link) -> str:
    return f'<a href="{escape(link.address)}">{escape(Messages("en").get(link.kind, link.kind))}</a>'


def atom(feed: Feed) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", {_XML_LANG: feed.language}, nsmap={None: _ATOM})  # type: ignore[dict-item]  # None is the default namespace
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    if feed.address and feed.home:
        _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
        _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(root, "generator", "Paperglot")
    for entry in feed.entries:
        node = _add(root, "entry")
        node.set(_XML_LANG, entry.language)
        _add(node, "id", entry.id)
        _add(node, "title", entry.title)
        _add(node, "link", rel="alternate", type="text/html", href=entry.address)
        _add(node, "published", entry.published.isoformat())
        _add(node, "updated", entry.updated.isoformat())
        for name in entry.authors or ("arXiv",):
            _add(_add(node, "author"), "name", name)
        for category in entry.categories:
            _add(node, "category", term=category, scheme=_CATEGORIES)
        _add(node, "content", entry.content, type="html")
    return _xml(root)


def rss(feed: Feed) -> bytes:
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"dc": _DC, "atom": _ATOM})
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", feed.title, namespace="")
    _add(channel, "link", feed.home or "https://arxiv.org/", namespace="")
    _add(channel, "description", feed.title, namespace="")
    _add(channel, "language", feed.language, namespace="")
    _add(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True), namespace="")
    if feed.address:
        _add(channel, "link", rel="self", type="application/rss+xml", href=feed.address)
    for entry in feed.entries:
        node = etree.SubElement(channel, "item")
        _add(node, "title", escape(entry.title, quote=False), namespace="")  # readers take it for HTML
        _add(node, "link", entry.address, namespace="")
        _add(node, "guid", entry.id, namespace="", isPermaLink="false")
        _add(node, "pubDate", format_datetime(entry.updated.astimezone(UTC), usegmt=True), namespace="")
        for name in entry.authors:
            _add(node, "creator", name, namespace=_DC)
        for category in entry.categories:
            _add(node, "category", category, namespace="", domain=_CATEGORIES)
        _add(node, "language", entry.language, namespace=_DC)
        _add(node, "description", entry.content, namespace="")
    return _xml(root)


def json_feed(feed: Feed) -> bytes:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        **({"home_page_url": feed.home, "feed_url": feed.address} if feed.address else {}),
        "language": feed.language,
        "items": [
            {
                "id": entry.id,
                "url": entry.address,
                "title": entry.title,
                "language": entry.language,
                "content_html": entry.content,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": name} for name in entry.authors],
                "tags": list(entry.categories),
            }
            for entry in feed.entries
        ],
    }
    return orjson.dumps(body)


def _add(parent: Any, name: str, text: str | None = None, namespace: str = _ATOM, **attributes: str) -> Any:
    node = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name, attributes)
    node.text = _NOT_XML.sub("", text) if text is not None else None
    return node


def _xml(root: Any) -> bytes:
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return text


@dataclass(frozen=True, slots=True)
class FeedFormat:
    media_type: str
    write: Callable[[Feed], bytes]


FORMATS = {
    "atom": FeedFormat("application/atom+xml", atom),
    "json": FeedFormat("application/feed+json", json_feed),
    "rss": FeedFormat("application/rss+xml", rss),
}
