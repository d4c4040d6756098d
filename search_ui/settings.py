"""The settings of this room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from papers.settings import Section


class PageSettings(Section):
    """`[page]` in paperglot.toml."""

    section: ClassVar[str] = "page"

    # What the page speaks, the reader's own first; the browser's wish decides among them.
    languages: Annotated[tuple[Literal["en", "zh"], ...], NoDecode, Field(min_length=1)] = ("en", "zh")

    @field_validator("languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
