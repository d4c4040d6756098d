"""The engines. Only they import their client libraries."""

from __future__ import annotations

from pathlib import Path

from indexer.engine import SearchEngine
from indexer.settings import IndexSettings


def open_engine(folder: Path, settings: IndexSettings | None = None) -> SearchEngine:
    """The engine that the settings name, for the index of the data folder `folder`."""
    settings = settings or IndexSettings.load()
    if settings.engine == "elasticsearch":
        from indexer.engines.elasticsearch.engine import ElasticsearchEngine

        return ElasticsearchEngine(settings)
    from indexer.engines.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(folder / "index", memory=settings.writer_memory_mb << 20, threads=settings.writer_threads)
