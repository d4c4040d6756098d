"""The settings of digests: which are written by the schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from delivery.settings import Spoken
from papers.settings import Section

# The names of `delivery.digest.shapes.SHAPES`, which takes long to import: every command reads the settings.
ShapeName = Literal["bilingual", "topics", "post", "page", "html", "email", "json", "vault"]


class DigestDocument(BaseModel):
    """`[[digest.document]]`: a digest that every run of the step `digest` brings up to date."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    """The folder that it is written into, a file a day or topic. A relative path is below the data folder."""
    shape: ShapeName = "html"
    """Its form: `bilingual`, `topics`, `post`, `page`, `html`, `email`, `json` or `vault`."""
    query: str = ""
    """Which papers, in the query language; without it, all."""
    topics: tuple[str, ...] = ()
    """Only papers of these topics; `post` and `page` have a file for each."""
    language: Spoken = "zh"
    """The language of its readers."""
    days: Annotated[int, Field(ge=1, le=366)] = 14
    """For how many of the last days there is a file."""
    most: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """How many papers a file has at most."""


class DigestSettings(Section):
    """`[digest]` in paperglot.toml."""

    section: ClassVar[str] = "digest"

    document: tuple[DigestDocument, ...] = ()
    """The digests, each in a table of its own: `[[digest.document]]`."""
