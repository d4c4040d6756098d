"""The settings of this room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from papers.addresses import address
from papers.settings import CommaList, Section


def _public(value: str) -> str:
    """A public address or ""; raises ValueError where it has a query or a fragment, which no path can follow."""
    if "?" in value or "#" in value:
        raise ValueError("an address without '?' and '#' is expected, such as https://example.org/papers")
    return address(value) if value else value


PublicAddress = Annotated[str, AfterValidator(_public)]


class PageSettings(Section):
    """`[page]` in paperglot.toml."""

    section: ClassVar[str] = "page"

    # What the page speaks, the reader's own first; the browser's wish decides among them.
    languages: Annotated[CommaList[Literal["en", "zh"]], Field(min_length=1)] = ("en", "zh")
    # From where a proxy may say for whom it asks; nobody else is believed.
    proxies: CommaList[str] = ("127.0.0.1",)
    # Kibana's public address, where readers are to be led there.
    kibana: PublicAddress = ""
    # The page's own public address, with the path below which a proxy has it: https://example.org/papers
    address: PublicAddress = ""

    @property
    def root(self) -> str:
        """The path of the public address: "/papers", or "" where the page has a host to itself."""
        return urlsplit(self.address).path
