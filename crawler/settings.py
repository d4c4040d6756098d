"""The crawler's settings: what is crawled, from where, and how slowly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import SettingsConfigDict

from crawler.sites import ARXIV, ARXIV_SERVICES, CRAWLED, HUGGING_FACE, sites
from papers.addresses import Address
from papers.categories import check
from papers.errors import UsageError
from papers.settings import CommaList, Section

LISTING_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

SiteName = Literal["arxiv", "arxiv_rss", "arxiv_oai", "arxiv_export", "arxiv_services", "huggingface"]


Delay = Annotated[float | None, Field(ge=0, le=3600)]


class ContactMissing(UsageError):
    """Raised by `check_contact`: the settings name no contact, and the real sites ask crawlers for one."""

    def __init__(self) -> None:
        super().__init__(
            "arXiv asks crawlers for a contact: run 'paperglot init --contact you@example.org', "
            "or set PAPERGLOT_CRAWL_CONTACT."
        )


class SiteSettings(BaseModel):
    """`[crawl.sites.<name>]`: what differs from the site's row in `crawler.sites`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address | None = None
    """The address of a mirror or of the stand-in. `arxiv_services` has no address of its own."""
    delay: Delay = None
    """Seconds between two requests."""


class CrawlSettings(Section):
    """`[crawl]` in paperglot.toml."""

    section: ClassVar[str] = "crawl"
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    categories: CommaList[str] = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
    """Categories of arXiv, or whole archives such as `math`."""
    contact: str = ""
    """How arXiv can reach you about your crawl: an e-mail or web address. It is sent with every request."""
    sites: dict[SiteName, SiteSettings] = Field(default_factory=dict)
    """What differs from the usual of a site, each in a table of its own: `[crawl.sites.arxiv]`."""
    backoff: float = Field(30.0, ge=0, le=3600)
    """Seconds to wait after the first refusal. Each further one doubles it."""
    longest_wait: float = Field(900.0, ge=0, le=86_400)
    """Seconds. A site that asks for a longer wait is left to a later run."""
    listing_size: int = 2000
    """Entries of a list page: 25, 50, 100, 250, 500, 1000 or 2000."""
    pace_folder: Path | None = None
    """Where the times of requests are noted. By default a folder that all users of this machine share."""
    # Former names of settings that are now under [crawl.sites.…]. They still work; `former_settings` reports them.
    arxiv_url: Address | None = None
    huggingface_url: Address | None = None
    arxiv_delay: Delay = None
    arxiv_services_delay: Delay = None
    huggingface_delay: Delay = None

    @field_validator("categories")
    @classmethod
    def _check_categories(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(check, value)))
        except UsageError as error:
            raise ValueError(str(error).rstrip(".")) from error

    @field_validator("listing_size")
    @classmethod
    def _check_listing_size(cls, value: int) -> int:
        if value not in LISTING_SIZES:
            raise ValueError(f"arXiv knows {', '.join(map(str, LISTING_SIZES))}")
        return value

    def site(self, name: str) -> SiteSettings:
        """The settings of a site. A value under a former name counts where the site's own section has none."""
        entry = self.sites.get(name) or SiteSettings()  # type: ignore[call-overload]
        aliases = _FORMER_NAMES.get(name, {})
        values = {key: getattr(self, setting) for key, setting in aliases.items() if getattr(self, setting) is not None}
        return entry.model_copy(update={key: value for key, value in values.items() if getattr(entry, key) is None})


_FORMER_NAMES = {
    ARXIV: {"url": "arxiv_url", "delay": "arxiv_delay"},
    ARXIV_SERVICES: {"delay": "arxiv_services_delay"},
    HUGGING_FACE: {"url": "huggingface_url", "delay": "huggingface_delay"},
}


def former_settings(settings: CrawlSettings) -> str | None:
    """A sentence that names the settings given under a former name; None if there are none."""
    renamed = [
        f"{setting} (now {key} under [crawl.sites.{site}])"
        for site, names in _FORMER_NAMES.items()
        for key, setting in names.items()
        if getattr(settings, setting) is not None
    ]
    return f"These settings of [crawl] have new names and are still read: {', '.join(renamed)}." if renamed else None


def check_contact(settings: CrawlSettings, *names: str) -> None:
    """Raise ContactMissing if the settings have no contact and one of these sites is on another machine.

    Without names, all sites that an ordinary crawl asks are meant.
    """
    site_rows = sites(settings)
    hosts = {urlsplit(site_rows[name].url or "").hostname for name in names or CRAWLED}
    if not settings.contact and not hosts <= set(LOOPBACK):
        raise ContactMissing


def user_agent(settings: CrawlSettings) -> str:
    """The User-Agent header: name, version and contact of the crawler."""
    from importlib.metadata import version

    contact = f"; {settings.contact}" if settings.contact else ""
    return f"Paperglot/{version('paperglot')} (research paper index{contact})"
