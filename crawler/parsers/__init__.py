"""Bytes → Page, one file a format. Pure: no network, disk or clock.

`FORMATS` names them all. A parser raises UnexpectedPage if the bytes hold neither entries nor a statement that there
are none. Nothing is known of the list then, so it must not be recorded as empty.
"""

from __future__ import annotations

from collections.abc import Callable

from crawler.parsers.errors import UnexpectedPage
from papers.paper import Page

Parser = Callable[[bytes, str], Page]

FORMATS = (
    "arxiv-abs", "arxiv-api", "arxiv-html", "arxiv-listing", "arxiv-oai", "arxiv-rss", "huggingface-daily",
    "huggingface-paper", "kaggle",
)  # fmt: skip


def parser(format: str) -> Parser:
    """The parser of a format, `(body, url) → Page`; raises KeyError for a name not in FORMATS."""
    from crawler.parsers.arxiv_abs import parse as arxiv_abs
    from crawler.parsers.arxiv_api import parse as arxiv_api
    from crawler.parsers.arxiv_html import parse as arxiv_html
    from crawler.parsers.arxiv_listing import parse as arxiv_listing
    from crawler.parsers.arxiv_oai import parse as arxiv_oai
    from crawler.parsers.arxiv_rss import parse as arxiv_rss
    from crawler.parsers.huggingface_daily import parse as huggingface_daily
    from crawler.parsers.huggingface_paper import parse as huggingface_paper
    from crawler.parsers.kaggle import parse as kaggle

    parsers: dict[str, Parser] = {
        "arxiv-abs": arxiv_abs, "arxiv-api": arxiv_api, "arxiv-html": arxiv_html, "arxiv-listing": arxiv_listing,
        "arxiv-oai": arxiv_oai, "arxiv-rss": arxiv_rss, "huggingface-daily": huggingface_daily,
        "huggingface-paper": huggingface_paper, "kaggle": kaggle,
    }  # fmt: skip
    return parsers[format]


__all__ = ["FORMATS", "Parser", "UnexpectedPage", "parser"]
