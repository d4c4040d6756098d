"""`paperglot lexicon`: learn which words of the two languages mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.steps import tell_run

if TYPE_CHECKING:
    from indexer.lexicon import Entry
    from papers.catalogue import Catalogue

# An abstract and its title are about nine sentences.
_PAPERS = 2_500


def lexicon(
    dictionary: Annotated[
        Path | None, typer.Option("--cedict", help="A file of CC-CEDICT, whose entries count less than all others.")
    ] = None,
    data: Data = None,
) -> None:
    """Learn which words of the two languages mean the same, from the translations and the glossary.

    A search that finds too little then looks for the same words in the other language, too.
    """
    from indexer import cedict
    from indexer.lexicon import write
    from indexer.lexicon_learning import learn
    from papers.catalogue import Catalogue

    data_folder = folder(data)
    with Catalogue(data_folder) as catalogue:
        learned = learn(_sentences(catalogue))
    entries = [*_of_glossary(), *learned, *(cedict.read(dictionary) if dictionary else [])]
    file = write(data_folder, entries)
    tell_run("lexicon", {"terms_learned": len(learned)})
    typer.echo(f"{len(entries):,} pairs of terms are in {file}, {len(learned):,} of them learned from translations.")


def _sentences(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """English and Chinese sentences that belong together, of the papers last translated."""
    from delivery.pairs import of_document
    from indexer.documents import BY_LANGUAGE, from_change

    for source, target in (("en", "zh"), ("zh", "en")):
        for change in catalogue.translated(target, _PAPERS):
            document = from_change(change)
            if document.language != source:
                continue
            pairs = (pair for name in BY_LANGUAGE for pair in of_document(document, name, target) if pair.target)
            for pair in pairs:
                yield (pair.source, pair.target) if source == "en" else (pair.target, pair.source)  # type: ignore[misc]


def _of_glossary() -> list[Entry]:
    """The glossary, shipped and the user's own: what people have said goes before what was learned."""
    from indexer.lexicon import Entry
    from translation.glossary import load
    from translation.settings import TranslationSettings

    terms = load("en-zh", TranslationSettings.load().glossary).terms
    return [Entry(chinese, english, 1.0, "glossary") for english, term in terms.items() for chinese in term.accepted]
