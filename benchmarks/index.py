"""Indexing from the catalogue, against a bare tantivy loop over documents already in memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import fill
from benchmarks.measure import Row, in_turn
from indexer.documents import from_change
from indexer.engines import open_engine
from indexer.engines.embedded.schema import register, schema, to_tantivy
from indexer.settings import IndexSettings
from indexer.update import update
from papers.catalogue import Catalogue

PAPERS = 20_000


def run(papers: int = PAPERS, runs: int = 5) -> list[Row]:
    """Both build the same index with the same heap and threads, to its last merge."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, papers)
        in_memory = _values(folder)

        def ours() -> None:
            shutil.rmtree(folder / "index", ignore_errors=True)
            with Catalogue(folder) as catalogue:
                result = update(catalogue, open_engine(folder))
            assert result.papers == papers

        bare, own = in_turn(runs, _bare(folder / "bare", in_memory), ours)
    return [
        Row(f"bare tantivy loop, {papers:,} papers", f"{papers / bare:,.0f} papers/s"),
        Row("from the catalogue", f"{papers / own:,.0f} papers/s"),
        Row("ratio", f"{bare / own:.0%}", "at least 80 %"),
    ]


Values = list[tuple[str, Any]]


def _values(folder: Path) -> list[Values]:
    """What every document is made of, as plain values."""
    documents = []
    with Catalogue(folder) as catalogue:
        seq = 0
        while changes := catalogue.changes(seq, 1000):
            seq = changes[-1].seq
            documents += [_pairs(to_tantivy(from_change(change))) for change in changes]
    return documents


def _pairs(document: tantivy.Document) -> Values:
    return [(name, value) for name, values in document.to_dict().items() for value in values]


def _bare(folder: Path, documents: list[Values]) -> Callable[[], None]:
    settings = IndexSettings()

    def loop() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        index = tantivy.Index(schema(), path=str(folder))
        register(index)
        writer = index.writer(settings.writer_memory_mb << 20, settings.writer_threads)
        for values in documents:
            document = tantivy.Document()
            for name, value in values:
                if isinstance(value, str):
                    document.add_text(name, value)
                elif isinstance(value, int):
                    document.add_unsigned(name, value)
                else:
                    document.add_bytes(name, bytes(value))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    return loop
