"""The settings of the search page, and of what is handed out from it."""

from __future__ import annotations

from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from delivery.messages import LANGUAGES
from papers.addresses import address
from papers.settings import CommaList, Section


def _public(value: str) -> str:
    """A public address or ""; raises ValueError where it has a query or a fragment, which no path can follow."""
    if "?" in value or "#" in value:
        raise ValueError("an address without '?' and '#' is expected, such as https://example.org/papers")
    return address(value) if value else value


def _spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"the page speaks {', '.join(LANGUAGES)}")
    return language


def _named_link(value: str) -> str:
    name, _, template = value.rpartition(" ")
    if not name.strip() or "{id}" not in template or not template.startswith(("https://", "http://")):
        raise ValueError("a name and an address with {id} are expected: alphaXiv https://www.alphaxiv.org/abs/{id}")
    return value


Spoken = Annotated[str, AfterValidator(_spoken)]
PublicAddress = Annotated[str, AfterValidator(_public)]


class PageSettings(Section):
    """`[page]` in paperglot.toml."""

    section: ClassVar[str] = "page"

    languages: Annotated[CommaList[Spoken], Field(min_length=1)] = (
        "en",
        "zh",
        "zh-Hant",
    )
    """The languages of the page, yours first. A reader's browser chooses among them."""
    proxies: CommaList[str] = ("127.0.0.1",)
    """The addresses of proxies. Only these are believed when they name the reader's address."""
    password: SecretStr | None = None
    """A password for the whole page, which the browser asks for. Without one, everybody may read it."""
    requests_a_minute: Annotated[int, Field(ge=0)] = 600
    """How many requests of one address each worker answers in a minute; 0 for any number. Requests that a proxy of
    `proxies` passes on are not counted."""
    links: CommaList[Annotated[str, AfterValidator(_named_link)]] = (
        "alphaXiv https://www.alphaxiv.org/abs/{id}",
        "Semantic Scholar https://api.semanticscholar.org/arXiv:{id}",
    )
    """Further links of a paper: a name, and an address in which `{id}` stands for the arXiv id."""
    kibana: PublicAddress = ""
    """Kibana's public address, if the page is to link to it."""
    address: PublicAddress = ""
    """The page's own public address, with the path under which a proxy serves it: `https://example.org/papers`."""

    @property
    def root(self) -> str:
        """The path of the public address: "/papers", or "" if the page has its own host."""
        return urlsplit(self.address).path
