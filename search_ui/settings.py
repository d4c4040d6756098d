"""The settings of this room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from papers.settings import CommaList, Section


def _without_slash(address: str) -> str:
    return address.rstrip("/")


class PageSettings(Section):
    """`[page]` in paperglot.toml."""

    section: ClassVar[str] = "page"

    # What the page speaks, the reader's own first; the browser's wish decides among them.
    languages: Annotated[CommaList[Literal["en", "zh"]], Field(min_length=1)] = ("en", "zh")
    # From where a proxy may say for whom it asks; nobody else is believed.
    proxies: CommaList[str] = ("127.0.0.1",)
    # Kibana's public address, where readers are to be led there.
    kibana: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    # The page's own public address, with the path below which a proxy has it: https://example.org/papers
    address: Annotated[str, Field(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$"), AfterValidator(_without_slash)] = ""

    @property
    def root(self) -> str:
        """The path of the public address: "/papers", or "" where the page has a host to itself."""
        return urlsplit(self.address).path
