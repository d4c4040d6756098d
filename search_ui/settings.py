"""The settings of this room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from papers.settings import Section, Several


class PageSettings(Section):
    """`[page]` in paperglot.toml."""

    section: ClassVar[str] = "page"

    # What the page speaks, the reader's own first; the browser's wish decides among them.
    languages: Annotated[Several[Literal["en", "zh"]], Field(min_length=1)] = ("en", "zh")
    # From where a proxy may say for whom it asks; nobody else is believed.
    proxies: Several[str] = ("127.0.0.1",)
    kibana: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = (
        ""  # its public address, where readers are to be led there
    )
