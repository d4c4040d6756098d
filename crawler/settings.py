"""The settings of this room: what is crawled, from where, and how slowly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import SettingsConfigDict

from crawler.sites import ARXIV, ARXIV_SERVICES, HUGGING_FACE, sites
from papers.addresses import Address
from papers.categories import check
from papers.errors import UsageError
from papers.settings import CommaList, Section

LISTING_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

SiteName = Literal["arxiv", "arxiv_rss", "arxiv_oai", "arxiv_export", "arxiv_services", "huggingface"]


Delay = Annotated[float | None, Field(ge=0, le=3600)]


class ContactMissing(UsageError):
    """Raised by `check_contact`: the real sites ask for a way to reach whoever crawls them."""

    def __init__(self) -> None:
        super().__init__(
            "arXiv asks crawlers for a contact: run 'paperglot init --contact you@example.org', "
            "or set PAPERGLOT_CRAWL_CONTACT."
        )


class SiteSettings(BaseModel):
    """`[crawl.sites.<name>]`: what differs from the site's row in `crawler.sites`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address | None = None
    delay: Delay = None  # seconds between two requests


class CrawlSettings(Section):
    """`[crawl]` in paperglot.toml."""

    section: ClassVar[str] = "crawl"
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    categories: CommaList[str] = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
    contact: str = ""  # an e-mail or web address, sent with every request
    sites: dict[SiteName, SiteSettings] = Field(default_factory=dict)
    backoff: float = Field(30.0, ge=0, le=3600)  # the first wait after a refusal; each further one is doubled
    longest_wait: float = Field(900.0, ge=0, le=86_400)  # a site that asks for more is left to a later run
    listing_size: int = 2000  # entries a list page; arXiv's own default for new listings
    pace_folder: Path | None = None  # None: one that all users of this machine share
    # The former names of settings under [crawl.sites.…]; `former_settings` says so.
    arxiv_url: Address | None = None
    huggingface_url: Address | None = None
    arxiv_delay: Delay = None
    arxiv_services_delay: Delay = None
    huggingface_delay: Delay = None

    @field_validator("categories")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(check, value)))
        except UsageError as error:
            raise ValueError(str(error).rstrip(".")) from error

    @field_validator("listing_size")
    @classmethod
    def _size(cls, value: int) -> int:
        if value not in LISTING_SIZES:
            raise ValueError(f"arXiv knows {', '.join(map(str, LISTING_SIZES))}")
        return value

    def site(self, name: str) -> SiteSettings:
        """What is set for a site, also under the former names."""
        own = self.sites.get(name) or SiteSettings()  # type: ignore[call-overload]
        former = _FORMER.get(name, {})
        values = {key: getattr(self, setting) for key, setting in former.items() if getattr(self, setting) is not None}
        return own.model_copy(update={key: value for key, value in values.items() if getattr(own, key) is None})


_FORMER = {
    ARXIV: {"url": "arxiv_url", "delay": "arxiv_delay"},
    ARXIV_SERVICES: {"delay": "arxiv_services_delay"},
    HUGGING_FACE: {"url": "huggingface_url", "delay": "huggingface_delay"},
}


def former_settings(settings: CrawlSettings) -> str | None:
    """A sentence about the settings that are given under a former name; None where none is."""
    moved = [
        f"{setting} (now {key} under [crawl.sites.{site}])"
        for site, names in _FORMER.items()
        for key, setting in names.items()
        if getattr(settings, setting) is not None
    ]
    return f"These settings of [crawl] have new names and are still read: {', '.join(moved)}." if moved else None


def check_contact(settings: CrawlSettings) -> None:
    """Raise ContactMissing where another machine would be asked without a contact."""
    asked = sites(settings)
    hosts = {urlsplit(asked[name].url or "").hostname for name in (ARXIV, HUGGING_FACE)}
    if not settings.contact and not hosts <= set(LOOPBACK):
        raise ContactMissing


def user_agent(settings: CrawlSettings) -> str:
    """What the crawler calls itself."""
    from importlib.metadata import version

    contact = f"; {settings.contact}" if settings.contact else ""
    return f"Paperglot/{version('paperglot')} (research paper index{contact})"
