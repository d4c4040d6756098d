"""The settings of this room: what is crawled, from where, and how slowly."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from papers.categories import check
from papers.errors import UsageError
from papers.settings import Section, Several

LISTING_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ContactMissing(UsageError):
    """Raised by `user_agent`: the real sites ask for a way to reach whoever crawls them."""


def pace_folder() -> Path:
    """Where all processes of this machine keep their common pace, whoever runs them."""
    return Path(tempfile.gettempdir()) / "paperglot-pace"


class CrawlSettings(Section):
    """`[crawl]` in paperglot.toml."""

    section: ClassVar[str] = "crawl"

    categories: Several[str] = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
    contact: str = ""  # an e-mail or web address, sent with every request
    arxiv_url: str = "https://arxiv.org"
    huggingface_url: str = "https://huggingface.co"
    # Seconds between two requests. arXiv's robots.txt asks for 15 on arxiv.org, its terms for 3 over all of its
    # hosts; the rest is for the time a connection takes, so that arrivals keep that distance too.
    arxiv_delay: float = Field(15.5, ge=0, le=3600)
    arxiv_services_delay: float = Field(3.2, ge=0, le=3600)
    # Hugging Face allows 500 API calls and 100 pages in five minutes.
    huggingface_delay: float = Field(3.2, ge=0, le=3600)
    backoff: float = Field(30.0, ge=0, le=3600)  # the first wait after a refusal; each further one is doubled
    longest_wait: float = Field(900.0, ge=0, le=86_400)  # a site that asks for more is left to a later run
    listing_size: int = 2000  # entries a list page; arXiv's own default for new listings
    pace_folder: Path = Field(default_factory=pace_folder)

    @field_validator("categories")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(check, value)))
        except UsageError as error:
            raise ValueError(str(error).rstrip(".")) from error

    @field_validator("arxiv_url", "huggingface_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
            raise ValueError("an address such as https://arxiv.org is expected")
        return value.rstrip("/")

    @field_validator("listing_size")
    @classmethod
    def _size(cls, value: int) -> int:
        if value not in LISTING_SIZES:
            raise ValueError(f"arXiv knows {', '.join(map(str, LISTING_SIZES))}")
        return value


def user_agent(settings: CrawlSettings) -> str:
    """What the crawler calls itself. Without a contact it may only talk to this machine."""
    from importlib.metadata import version

    hosts = {urlsplit(url).hostname for url in (settings.arxiv_url, settings.huggingface_url)}
    if not settings.contact and not hosts <= set(_LOOPBACK):
        raise ContactMissing(
            "arXiv asks crawlers for a contact: run 'paperglot init --contact you@example.org', "
            "or set PAPERGLOT_CRAWL_CONTACT."
        )
    contact = f"; {settings.contact}" if settings.contact else ""
    return f"Paperglot/{version('paperglot')} (research paper index{contact})"
