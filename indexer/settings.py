"""The settings of this room: which engine, and how much it may use."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from papers.settings import Section


class IndexSettings(Section):
    """`[index]` in paperglot.toml."""

    section: ClassVar[str] = "index"

    engine: Literal["embedded"] = "embedded"
    # Below 100 MB tantivy writes many small segments and takes a third longer.
    writer_memory_mb: int = Field(256, ge=32, le=4096)
    writer_threads: int = Field(2, ge=1, le=8)
