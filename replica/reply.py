"""What the stand-in answers, and the sites that it has."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import NamedTuple

# By the names that the crawler's settings have for them.
SITES = ("arxiv", "arxiv_rss", "arxiv_oai", "huggingface")
HTML, XML, JSON, TEXT = "text/html; charset=utf-8", "text/xml; charset=utf-8", "application/json", "text/plain"


class Reply(NamedTuple):
    status: int
    content_type: str
    body: str
    headers: Mapping[str, str] = MappingProxyType({})


def error(status: int, title: str) -> Reply:
    """An error page."""
    title = escape(title)
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, HTML, page)
