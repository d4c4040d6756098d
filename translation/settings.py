"""The settings of this room: into which languages, by which packages, and how hard the machine works."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from papers.settings import Section


class TranslationSettings(Section):
    """`[translation]` in paperglot.toml."""

    section: ClassVar[str] = "translation"

    to: Annotated[tuple[str, ...], NoDecode] = ("zh",)
    packages: Path | None = None  # where Argos packages lie; by default a folder in the data folder
    index: str = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
    glossary: Path | None = None  # your own terms, before those that are shipped
    # A greedy search is 3.6 times faster than a beam of 4, and a reader hardly sees the difference.
    beam: int = Field(1, ge=1, le=10)
    # At beam 1 batches of 2,048 tokens are the fastest, at more 32 sentences; see translation.model.
    threads: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 8), ge=1, le=64)
    papers_at_once: int = Field(100, ge=1, le=1000)  # sentences are pooled over these; fewer than 50 is slower

    @field_validator("to", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def packages_folder(data: Path, settings: TranslationSettings) -> Path:
    """Where the Argos packages lie."""
    return (settings.packages or data / "packages").expanduser()
