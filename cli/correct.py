"""`paperglot correct`: people's corrections of translated sentences and terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError


def correct(
    source: Annotated[str | None, typer.Argument(help="A sentence as a paper has it, or a term.")] = None,
    target: Annotated[str | None, typer.Argument(help="Its translation.")] = None,
    to: Annotated[
        str | None, typer.Option(help="The language of the translation; by default the first of the settings.")
    ] = None,
    term: Annotated[bool, typer.Option("--term", help="It is a term, not a sentence.")] = False,
    file: Annotated[
        Path | None, typer.Option("--from", help="Read sentences and terms from this TSV or TMX file instead.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write all corrections to this .tmx or .tsv file instead.")
    ] = None,
    data: Data = None,
) -> None:
    """Correct the translation of a sentence or a term.

    A correction takes precedence over every model. A sentence is shown corrected wherever it occurs; a term takes
    effect with the next 'paperglot translate --stale'.
    """
    from cli.index import update_index
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from papers.corrections import Correction, Kind
    from translation import memory
    from translation.packages import code
    from translation.settings import TranslationSettings

    language = code(to or TranslationSettings.load().to[0])
    data_folder = folder(data)
    if export is not None:
        with Catalogue(data_folder) as catalogue:
            corrections = catalogue.corrections(language)
        _write(export, memory.written(corrections, as_tmx=export.suffix.lower() == ".tmx"))
        typer.echo(f"Wrote {len(corrections):,} corrections into {export}.")
        return
    if file is not None:
        corrections = memory.read(file, language)
    elif source and target:
        kind = Kind.TERM if term else Kind.SENTENCE
        corrections = [Correction(kind, language, " ".join(source.split()), target.strip())]
    else:
        raise UsageError("Name a sentence and its translation, or a file with --from or --export.")
    with Catalogue(data_folder, write=True) as catalogue:
        changed = catalogue.correct(corrections, utc_now())
    typer.echo(f"Kept {len(corrections):,} corrections; {changed:,} texts changed.")
    if changed:
        update_index(data_folder)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
