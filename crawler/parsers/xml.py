"""XML of feeds and protocols: parsed without a network, and what is said where it is none."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.parsers import html
from crawler.parsers.errors import UnexpectedPage

Element = Any  # lxml's own
_HTML = re.compile(rb"\s*<(?:!doctype\s+)?html", re.IGNORECASE)


def root_of(body: bytes, expected: str) -> Element:
    """The root of an XML document; raises UnexpectedPage where the bytes are none.

    Entities are not expanded and nothing is fetched: what a page names can neither grow nor lead anywhere.
    """
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    if not body.strip():
        raise UnexpectedPage(expected, "nothing: the body is empty")
    try:
        root = etree.fromstring(body, reader)
    except etree.XMLSyntaxError as error:
        if _HTML.match(body):
            raise html.unexpected(body, html.tree(body, expected), expected) from error
        raise UnexpectedPage(expected, f"no XML, or XML that was cut off ({error.msg})") from error
    if root.tag == "html":
        raise html.unexpected(body, html.tree(body, expected), expected)
    return root


def text(element: Element, path: str, namespaces: dict[str, str]) -> str | None:
    """The text of the first element at `path`, with the texts inside it; None where there is none."""
    child = element.find(path, namespaces)
    return "".join(child.itertext()).strip() or None if child is not None else None
