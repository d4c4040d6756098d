"""`paperglot export`: papers as a file for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.chosen import chosen
from cli.options import Data
from papers.errors import PaperglotError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.documents import Document


class NotWritten(PaperglotError):
    """Raised by `export`: the file cannot be written."""


class NoPapers(PaperglotError):
    """Raised by `export`: there is nothing to write."""


def export(
    text: Annotated[
        list[str] | None, typer.Argument(help="Which papers, in the query language; without it, all.")
    ] = None,
    format: Annotated[str, typer.Option(help="bibtex, ris, csl, csv, ndjson or text.")] = "bibtex",
    id: Annotated[list[str], typer.Option(help="The arXiv id of a paper; can be repeated.")] = [],  # noqa: B006
    sort: Annotated[str, typer.Option(help="newest or upvotes.")] = "newest",
    output: Annotated[Path | None, typer.Option(help="The file to write; by default, standard output.")] = None,
    data: Data = None,
) -> None:
    """Write papers as references (BibTeX, RIS, CSL-JSON), as a table, or as lines of JSON, without a limit."""
    from delivery.export import format_named, in_chunks
    from papers.files import replace

    chosen_format = format_named(format)
    documents = _Counted(chosen(" ".join(text or ()), id, sort, data))
    chunks = in_chunks(chosen_format.write(documents))
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.flush()
    else:
        try:
            replace(output, chunks)
        except OSError as error:
            raise NotWritten(f"{output} cannot be written: {error.strerror}.") from error
    if not documents.count:
        raise NoPapers("No paper matches, so nothing was exported.")
    typer.echo(f"Exported {documents.count:,} paper{'s' if documents.count > 1 else ''}.", err=True)


class _Counted:
    """Documents, and how many of them have passed."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.count = 0

    def __iter__(self) -> Iterator[Document]:
        for document in self._documents:
            self.count += 1
            yield document
