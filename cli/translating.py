"""`paperglot translate` and `models`: papers in another language, offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.progress import progress
from cli.running import is_step, tell_run
from papers.errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

    from translation.protect import Protected
    from translation.settings import TranslationSettings

models = typer.Typer(help="The Argos packages that translate: list, install, remove.", no_args_is_help=True)


def translate(
    to: Annotated[
        str | None, typer.Option(help="The language to translate into; by default those of the settings.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many papers.")] = None,
    redo: Annotated[bool, typer.Option("--redo", help="Anew what another model or other rules translated.")] = False,
    text: Annotated[str | None, typer.Option(help="Translate this text by hand, and print it.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --text: what was found, and how it came through.")
    ] = False,
    data: Data = None,
) -> None:
    """Translate what is kept and not translated yet, newest first. A run that was stopped carries on."""
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from translation.settings import TranslationSettings
    from translation.worker import run

    settings = TranslationSettings.load()
    into = folder(data)
    languages = (to,) if to else settings.to
    if text is not None:
        for language in languages:
            _by_hand(text, into, settings, language, as_json)
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
        typer.echo(f"Translated {done.papers:,} papers into {language} ({done.sentences:,} new sentences).")
        for reason, count in sorted(done.reasons.items()):
            typer.echo(f"  {count:,} texts are kept untranslated: {reason}")
    if not is_step(into):  # else another step does
        from cli.index import bring_up

        bring_up(data=into)


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


def _by_hand(text: str, into: Path, settings: TranslationSettings, to: str, as_json: bool) -> None:
    import orjson

    from papers.translations import joined
    from translation import gates
    from translation.detect import detect
    from translation.sentences import split
    from translation.spans import find
    from translation.worker import Translator

    unwrapped = " ".join(text.split())
    found = detect(None, unwrapped)  # no title, which alone would be taken as English
    translator = Translator(into, settings, to)
    answers: list[Protected] = []
    model, said = None, unwrapped  # of what is in that language already
    if found.language != to:
        model = translator.route(found.language).name
        answers = translator.translate(split(unwrapped), found.language)
        said = joined([answer.target for answer in answers], to)
    if not as_json:
        typer.echo(said)
        return
    typer.echo(
        orjson.dumps(
            {
                "text": said,
                "language": found.language,
                "confidence": found.confidence,
                "model": model,
                "sentences": [
                    {
                        "source": answer.source,
                        "target": answer.target,
                        "way": answer.way,
                        "spans": [span.text for span in find(answer.source)],
                        "gate": gates.SPANS if answer.lost else gates.check(answer.source, answer.target, to),
                    }
                    for answer in answers
                ],
            },
            option=orjson.OPT_INDENT_2,
        ).decode()
    )


def _place(data: Path | None) -> tuple[Path, TranslationSettings]:
    from translation.settings import TranslationSettings, packages_folder

    settings = TranslationSettings.load()
    return packages_folder(folder(data), settings), settings


@models.command("list")
def list_models(data: Data = None) -> None:
    """Which packages are installed."""
    from translation.packages import installed

    place, _ = _place(data)
    found = installed(place)
    for package in found:
        typer.echo(f"{package.source} → {package.target}  {package.version}  {package.folder}")
    if not found:
        typer.echo(f"No package is installed in {place}: 'paperglot models install en zh' gets one.")


@models.command("install")
def install(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The language of the originals.")] = "en",
    target: Annotated[
        str | None,
        typer.Argument(metavar="TO", help="The language to translate into; by default those of the settings."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="A package file, or a folder that holds one, instead of the index.")
    ] = None,
    data: Data = None,
) -> None:
    """Install the package of a pair of languages, after checking it."""
    from translation.install import download, install

    place, settings = _place(data)
    for to in (target,) if target else settings.to:
        if file is None:
            with progress("Downloading", "bytes") as advance:
                packages = download(settings.index, source, to, place, advance)
        else:
            packages = [install(_package_file(file, source, to), place, (source, to))]
        for package in packages:
            typer.echo(f"Installed {package.name}.")


def _package_file(place: Path, source: str, target: str) -> Path:
    if not place.is_dir():
        return place
    fitting = sorted(place.glob(f"*{source}_{target}*.argosmodel"))
    if not fitting:
        raise UsageError(f"{place} holds no package file for {source} to {target} (*{source}_{target}*.argosmodel).")
    return fitting[-1]


@models.command("remove")
def remove_models(source: str, target: str, data: Data = None) -> None:
    """Remove the packages of a pair of languages."""
    from translation.packages import remove

    place, _ = _place(data)
    gone = remove(place, source, target)
    if not gone:
        raise UsageError(f"No package from {source} to {target} is installed in {place}.")
    typer.echo(f"Removed {', '.join(package.name for package in gone)}.")
