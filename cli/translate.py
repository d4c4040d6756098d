"""`paperglot translate`: translate papers, offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import progress, say
from cli.steps import is_step, tell_run
from papers.errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

    from translation.job import Machines


def translate(
    to: Annotated[
        str | None, typer.Option(help="The language to translate into; by default all languages of the settings.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Translate at most this many papers.")] = None,
    stale: Annotated[
        bool,
        typer.Option(
            "--stale", help="Also translate again what was made with another model, other terms or other rules."
        ),
    ] = False,
    redo: Annotated[
        bool,
        typer.Option(
            "--redo", help="Like --stale, but translate every sentence anew, except those that people corrected."
        ),
    ] = False,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Translate on the workers of the Dask scheduler at this address, such as tcp://host:8786; 'here' "
            "starts workers on this machine.",
        ),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Translate this text and print the result.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="With --text: the language of the text; by default it is detected.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --text: print JSON, with each sentence and how it was translated.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            help="Judge the pairs of this file, without a model; '-' is standard input. Each line is JSON with source, "
            "target, from and to; it is printed again with 'good' and 'reasons'."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Translate papers that are not translated yet, newest first.

    If it is stopped, the next call carries on.
    """
    from cli import translate_by_hand
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from translation.settings import TranslationSettings
    from translation.worker import run

    if on is not None and (text is not None or check is not None):
        raise UsageError("--on is for the papers of the catalogue, and goes with neither --text nor --check.")
    if check is not None:
        translate_by_hand.check(check)
        return
    settings = TranslationSettings.load()
    data_folder = folder(data)
    languages = (to,) if to else settings.to
    if text is not None:
        for language in languages:
            translate_by_hand.translate_text(text, data_folder, settings, language, source=source, as_json=as_json)
        return
    for language in languages:
        with (
            Catalogue(data_folder, write=True) as catalogue,
            _finishing_batch_on_signal() as signals,
            _machines(on, data_folder) as machines,
        ):
            total = catalogue.count() if limit is None else min(limit, catalogue.count())
            with progress(f"Translating into {language}") as advance:
                result = run(
                    catalogue,
                    data_folder,
                    settings,
                    language,
                    now=utc_now,
                    limit=limit,
                    stale=stale,
                    redo=redo,
                    machines=machines,
                    stopped=lambda signals=signals: bool(signals),  # type: ignore[misc]
                    progress=lambda papers, total=total: advance(papers, total),  # type: ignore[misc]
                )
        tell_run("translate", {"papers_translated": result.papers, "texts_untranslated": sum(result.reasons.values())})
        if signals:
            raise KeyboardInterrupt
        if result.left_to_another:
            typer.echo(f"Another process is translating into {language} already.")
            continue
        ways = ", ".join(f"{count:,} {way}" for way, count in sorted(result.ways.items(), key=lambda item: -item[1]))
        sentences = f"{result.sentences:,} new sentences" + (f": {ways}" if ways else "")
        typer.echo(f"Translated {result.papers:,} papers into {language} ({sentences}).")
        for reason, count in sorted(result.reasons.items()):
            typer.echo(f"  {count:,} texts are not translated, or not as a whole: {reason}")
    if not is_step(data_folder):  # a step leaves this to the step "index"
        from cli.index import update_index

        update_index(data_folder)


@contextmanager
def _machines(on: str | None, data_folder: Path) -> Iterator[Machines | None]:
    """The machines of a cluster; None where this process is to translate."""
    if on is None:
        yield None
        return
    from cli.extras import needs
    from translation.settings import ClusterSettings

    with needs("cluster", "paperglot translate --on"):
        from translation.cluster import cluster
    with cluster(on, ClusterSettings.load(), data_folder, say) as machines:
        yield machines


@contextmanager
def _finishing_batch_on_signal() -> Iterator[list[int]]:
    """Within the block, Ctrl-C and SIGTERM are noted in the list that it yields, so that the current batch is kept.

    A second signal ends the block at once. A first signal does not raise an exception: that was lost now and then, and
    then everything was translated.
    """
    from operate.processes import listening

    signals: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if signals:
            raise KeyboardInterrupt
        signals.append(number)

    with listening(note):
        yield signals
