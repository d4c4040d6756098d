"""The sites that are crawled, a row each: where they are, how often they may be asked, and with whom they share a pace.

A setting `[crawl.sites.<name>]` with `url` or `delay` changes a row: a mirror, or the stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crawler.settings import CrawlSettings


@dataclass(frozen=True, slots=True)
class Site:
    """A site, or (without an address) the pace that the sites of a group keep together.

    `delay` is in seconds between two requests; None: the group's alone.
    """

    name: str
    label: str  # what people call it
    url: str | None
    hosts: tuple[str, ...]  # with their ports, where these are not the usual ones
    delay: float | None
    group: str | None = None


ARXIV, HUGGING_FACE, ARXIV_SERVICES = "arxiv", "huggingface", "arxiv_services"

# arXiv's robots.txt asks for 15 seconds on arxiv.org, its terms for 3 over all of its hosts and one connection; the
# rest is for the time that a connection takes, so that arrivals keep the distance, too. Hugging Face allows 500 API
# calls and 100 pages in five minutes.
SITES = (
    Site(ARXIV, "arxiv.org", "https://arxiv.org", ("arxiv.org", "www.arxiv.org"), 15.5, ARXIV_SERVICES),
    Site("arxiv_rss", "rss.arxiv.org", "https://rss.arxiv.org", ("rss.arxiv.org",), None, ARXIV_SERVICES),
    Site("arxiv_oai", "oaipmh.arxiv.org", "https://oaipmh.arxiv.org", ("oaipmh.arxiv.org",), None, ARXIV_SERVICES),
    Site("arxiv_export", "export.arxiv.org", "https://export.arxiv.org", ("export.arxiv.org",), None, ARXIV_SERVICES),
    Site(ARXIV_SERVICES, "arXiv", None, (), 3.2),
    Site(HUGGING_FACE, "huggingface.co", "https://huggingface.co", ("huggingface.co", "hf.co"), 3.2),
)
NAMES = tuple(site.name for site in SITES)
# A host that belongs to no site (a robots.txt that leads elsewhere) is asked as seldom as an API.
OTHER_DELAY = 3.2


def sites(settings: CrawlSettings) -> dict[str, Site]:
    """The rows as the settings have them, by name."""
    return {site.name: _as_set(site, settings) for site in SITES}


def _as_set(site: Site, settings: CrawlSettings) -> Site:
    own = settings.site(site.name)
    if own.url and own.url != site.url:
        netloc = urlsplit(own.url).netloc.lower()
        site = replace(site, label=netloc, url=own.url, hosts=(netloc,))
    return replace(site, delay=own.delay) if own.delay is not None else site


def site_of(url: str, settings: CrawlSettings) -> Site | None:
    """The site that an address belongs to."""
    netloc = urlsplit(url).netloc.lower()
    return next((site for site in sites(settings).values() if netloc in site.hosts), None)


def base_url(name: str, settings: CrawlSettings) -> str:
    """The address of a site, without a slash at its end."""
    url = sites(settings)[name].url
    assert url is not None
    return url
