"""`paperglot correct`: sentences and terms that people translate better than a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError


def correct(
    source: Annotated[str | None, typer.Argument(help="A sentence as it stands in a paper, or a term.")] = None,
    target: Annotated[str | None, typer.Argument(help="What it is in the other language.")] = None,
    to: Annotated[str | None, typer.Option(help="That language; by default the first of the settings.")] = None,
    term: Annotated[bool, typer.Option("--term", help="It is a term.")] = False,
    file: Annotated[
        Path | None, typer.Option("--from", help="A TSV or TMX file of sentences and terms instead.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write all corrections into this file, .tmx or .tsv, instead.")
    ] = None,
    data: Data = None,
) -> None:
    """Say a sentence or a term better: it is kept above every model, and shown wherever the sentence stands. Terms
    count from the next 'paperglot translate --stale' on."""
    from cli.index import update_index
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from papers.corrections import Correction, Kind
    from translation import memory
    from translation.packages import code
    from translation.settings import TranslationSettings

    language = code(to or TranslationSettings.load().to[0])
    into = folder(data)
    if export is not None:
        with Catalogue(into) as catalogue:
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
    with Catalogue(into, write=True) as catalogue:
        changed = catalogue.correct(corrections, utc_now())
    typer.echo(f"Kept {len(corrections):,} corrections; {changed:,} texts changed.")
    if changed:
        update_index(into)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
