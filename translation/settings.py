"""The settings of this room: into which languages, by which packages, and how hard the machine works."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from papers.settings import CommaList, Section
from translation.model import TOKENS_A_BATCH


class TranslationSettings(Section):
    """`[translation]` in paperglot.toml."""

    section: ClassVar[str] = "translation"

    to: CommaList[str] = ("zh",)
    packages: Path | None = None  # where packages are installed; by default a folder in the data folder
    index: str = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
    glossary: Path | None = None  # your own terms, before those that are shipped
    # A greedy search is 3.6 times faster than a beam of 4, and a reader hardly sees the difference.
    beam: int = Field(1, ge=1, le=10)
    batch: int = Field(TOKENS_A_BATCH, ge=32, le=16_384)  # tokens at once
    threads: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 8), ge=1, le=64)
    papers_at_once: int = Field(100, ge=1, le=1000)  # sentences are pooled over these; fewer than 50 is slower


def packages_folder(data: Path, settings: TranslationSettings) -> Path:
    """Where we install packages."""
    return (settings.packages or data / "packages").expanduser()


def packages_folders(data: Path, settings: TranslationSettings) -> tuple[Path, ...]:
    """Where packages are looked for: where we install them, and where Argos itself does."""
    places = [packages_folder(data, settings)]
    if folder := os.environ.get("ARGOS_PACKAGES_DIR"):
        places.append(Path(folder))
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    places.append(share / "argos-translate" / "packages")
    return tuple(dict.fromkeys(place.expanduser().absolute() for place in places))
