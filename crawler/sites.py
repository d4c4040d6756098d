"""The sites that are crawled, one row each: address, seconds between two requests, and group.

The sites of a group share one rate limit. A setting `[crawl.sites.<name>]` with `url` or `delay` changes a row, for a
mirror or for the stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crawler.settings import CrawlSettings


@dataclass(frozen=True, slots=True)
class Site:
    """A site; or, without an address, the rate limit that the sites of a group share.

    `delay` is in seconds between two requests; with None only the group's delay counts.
    """

    name: str
    label: str  # what people call it
    url: str | None
    hosts: tuple[str, ...]  # with the port, if it is not the default one
    delay: float | None
    group: str | None = None


ARXIV, ARXIV_RSS, ARXIV_OAI = "arxiv", "arxiv_rss", "arxiv_oai"
HUGGING_FACE, ARXIV_SERVICES = "huggingface", "arxiv_services"

CRAWLED = (ARXIV, ARXIV_RSS, ARXIV_OAI, HUGGING_FACE)  # by an ordinary crawl

# arXiv's robots.txt asks for 15 seconds on arxiv.org. Its terms ask for 3 seconds over all of its hosts, and for one
# connection. The rest allows for the time that a connection takes, so that requests also arrive that far apart.
# Hugging Face allows 500 API calls and 100 pages in five minutes.
SITES = (
    Site(ARXIV, "arxiv.org", "https://arxiv.org", ("arxiv.org", "www.arxiv.org"), 15.5, ARXIV_SERVICES),
    Site(ARXIV_RSS, "rss.arxiv.org", "https://rss.arxiv.org", ("rss.arxiv.org",), None, ARXIV_SERVICES),
    Site(ARXIV_OAI, "oaipmh.arxiv.org", "https://oaipmh.arxiv.org", ("oaipmh.arxiv.org",), None, ARXIV_SERVICES),
    Site("arxiv_export", "export.arxiv.org", "https://export.arxiv.org", ("export.arxiv.org",), None, ARXIV_SERVICES),
    Site(ARXIV_SERVICES, "arXiv", None, (), 3.2),
    Site(HUGGING_FACE, "huggingface.co", "https://huggingface.co", ("huggingface.co", "hf.co"), 3.2),
)
NAMES = tuple(site.name for site in SITES)
# Seconds between two requests to a host of no site (a robots.txt that redirects elsewhere): as for an API.
OTHER_DELAY = 3.2


def sites(settings: CrawlSettings) -> dict[str, Site]:
    """Name → site, with the changes that the settings make."""
    return {site.name: _with_overrides(site, settings) for site in SITES}


def _with_overrides(site: Site, settings: CrawlSettings) -> Site:
    overrides = settings.site(site.name)
    if overrides.url and overrides.url != site.url:
        netloc = urlsplit(overrides.url).netloc.lower()
        site = replace(site, label=netloc, url=overrides.url, hosts=(netloc,))
    return replace(site, delay=overrides.delay) if overrides.delay is not None else site


def site_of(url: str, settings: CrawlSettings) -> Site | None:
    """The site that an address belongs to; None if its host belongs to no site."""
    netloc = urlsplit(url).netloc.lower()
    return next((site for site in sites(settings).values() if netloc in site.hosts), None)


def base_url(name: str, settings: CrawlSettings) -> str:
    """The address of a site, without a slash at its end."""
    url = sites(settings)[name].url
    assert url is not None
    return url
