"""The settings of the index: which engine, where it is, and how much memory, threads and time it may use."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from papers.settings import CommaList, Section


class IndexSettings(Section):
    """`[index]` in paperglot.toml."""

    section: ClassVar[str] = "index"

    engine: Literal["embedded", "elasticsearch"] = "embedded"
    """`embedded` needs no server; its index lies in the data folder. `elasticsearch` keeps it on a server."""

    # The embedded engine. Below 100 MB tantivy writes many small segments and takes a third longer.
    writer_memory_mb: int = Field(256, ge=32, le=4096)
    """Embedded: memory for what is not written yet."""
    writer_threads: int = Field(2, ge=1, le=8)
    """Embedded: threads that write."""

    hosts: CommaList[str] = Field(("http://localhost:9200",), min_length=1)
    """Elasticsearch: the addresses of its nodes."""
    api_key: SecretStr | None = None
    """Elasticsearch: a key. `api_key_file` keeps it out of this file."""
    api_key_file: Path | None = None
    """Elasticsearch: a file that holds a key and nothing else, or the server's own answer when the key was made."""
    ca: Path | None = None
    """Elasticsearch: the certificate that signed the server's, if the system does not trust it."""
    prefix: str = Field("paperglot", pattern=r"^[a-z0-9][a-z0-9_.-]{0,60}$")
    """Elasticsearch: how the names of its indices and aliases begin."""
    timeout: float = Field(10, gt=0, le=300)
    """Elasticsearch: seconds for a search."""
    shards: int = Field(1, ge=1, le=100)
    """Elasticsearch: into how many parts an index is cut."""
    replicas: int = Field(1, ge=0, le=10)
    """Elasticsearch: further copies of each part, as far as there are nodes for them."""
