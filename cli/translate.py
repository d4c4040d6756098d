"""`paperglot translate`: papers in another language, offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import progress
from cli.steps import is_step, tell_run

if TYPE_CHECKING:
    from types import FrameType


def translate(
    to: Annotated[
        str | None, typer.Option(help="The language to translate into; by default those of the settings.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many papers.")] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Also what a change of model, terms or rules since would make otherwise.")
    ] = False,
    redo: Annotated[
        bool, typer.Option("--redo", help="Anew, sentence by sentence, what another model or other rules made.")
    ] = False,
    text: Annotated[str | None, typer.Option(help="Translate this text by hand, and print it.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="With --text: the language that it is in; else it is detected.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --text: what was found, and how it came through.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            help="Judge the pairs of this file, '-' for standard input, without a model: NDJSON of source, target, "
            "from and to, which comes back with 'good' and 'reasons'."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Translate what is kept and not translated yet, newest first. A run that was stopped carries on."""
    from cli import translate_by_hand
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from translation.settings import TranslationSettings
    from translation.worker import run

    if check is not None:
        translate_by_hand.check(check)
        return
    settings = TranslationSettings.load()
    into = folder(data)
    languages = (to,) if to else settings.to
    if text is not None:
        for language in languages:
            translate_by_hand.translate_text(text, into, settings, language, source=source, as_json=as_json)
        return
    for language in languages:
        with Catalogue(into, write=True) as catalogue, _ending_with_its_batch() as told:
            total = catalogue.count() if limit is None else min(limit, catalogue.count())
            with progress(f"Translating into {language}") as advance:
                done = run(
                    catalogue,
                    into,
                    settings,
                    language,
                    now=utc_now,
                    limit=limit,
                    stale=stale,
                    redo=redo,
                    stopped=lambda told=told: bool(told),  # type: ignore[misc]
                    progress=lambda papers, total=total: advance(papers, total),  # type: ignore[misc]
                )
        tell_run("translate", {"papers_translated": done.papers, "texts_untranslated": sum(done.reasons.values())})
        if told:
            raise KeyboardInterrupt
        if done.left_to_another:
            typer.echo(f"Another process is translating into {language} already.")
            continue
        ways = ", ".join(f"{count:,} {way}" for way, count in sorted(done.ways.items(), key=lambda one: -one[1]))
        sentences = f"{done.sentences:,} new sentences" + (f": {ways}" if ways else "")
        typer.echo(f"Translated {done.papers:,} papers into {language} ({sentences}).")
        for reason, count in sorted(done.reasons.items()):
            typer.echo(f"  {count:,} texts are not translated, or not as a whole: {reason}")
    if not is_step(into):  # else another step does
        from cli.index import update_index

        update_index(into)


@contextmanager
def _ending_with_its_batch() -> Iterator[list[int]]:
    """Ctrl-C or SIGTERM within the block is noted in the list, so that the batch is kept; the second ends it at once.

    As an exception it was lost now and then, and the whole rest was translated.
    """
    from operate.processes import listening

    told: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if told:
            raise KeyboardInterrupt
        told.append(number)

    with listening(note):
        yield told
