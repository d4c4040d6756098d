"""The settings of this room: which engine, where it is, and how much it may use."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from papers.settings import CommaList, Section


class IndexSettings(Section):
    """`[index]` in paperglot.toml."""

    section: ClassVar[str] = "index"

    engine: Literal["embedded", "elasticsearch"] = "embedded"

    # The embedded engine. Below 100 MB tantivy writes many small segments and takes a third longer.
    writer_memory_mb: int = Field(256, ge=32, le=4096)
    writer_threads: int = Field(2, ge=1, le=8)

    # Elasticsearch.
    hosts: CommaList[str] = Field(("http://localhost:9200",), min_length=1)
    api_key: SecretStr | None = None
    api_key_file: Path | None = None  # a file that holds nothing else
    ca: Path | None = None  # the certificate that signed the server's, where the system does not know it
    prefix: str = Field("paperglot", pattern=r"^[a-z0-9][a-z0-9_.-]{0,60}$")  # of the names of indices and aliases
    timeout: float = Field(10, gt=0, le=300)  # seconds for a search
    shards: int = Field(1, ge=1, le=100)
    replicas: int = Field(1, ge=0, le=10)  # further copies, as far as there are nodes for them
