"""`paperglot models`: the packages that translate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import progress
from papers.errors import UsageError

if TYPE_CHECKING:
    from translation.settings import TranslationSettings

models = typer.Typer(help="The Argos packages that translate: list, install, remove.", no_args_is_help=True)


def _places(data: Path | None) -> tuple[tuple[Path, ...], TranslationSettings]:
    """Where packages lie, first where we install them."""
    from translation.settings import TranslationSettings, packages_folders

    settings = TranslationSettings.load()
    return packages_folders(folder(data), settings), settings


@models.command("list")
def list_models(data: Data = None) -> None:
    """Which packages are there, of our own and of Argos."""
    from translation.packages import installed

    places, _ = _places(data)
    packages = installed(places)
    for package in packages:
        whose = "" if package.is_ours else "  (not installed by Paperglot)"
        typer.echo(f"{package.source} → {package.target}  {package.version}  {package.folder}{whose}")
    if not packages:
        typer.echo(f"No package is installed in {places[0]}: 'paperglot models install en zh' gets one.")


@models.command("install")
def install(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The language of the originals.")] = "en",
    target: Annotated[
        str | None,
        typer.Argument(metavar="TO", help="The language to translate into; by default those of the settings."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A package file, a folder that holds one or that one was unpacked into, or the folder of an OPUS-MT "
            "model that was converted for CTranslate2, instead of the index.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Install the package of a pair of languages, after checking it."""
    from translation.download import download
    from translation.install import install

    places, settings = _places(data)
    for to in (target,) if target else settings.to:
        if file is None:
            with progress("Downloading", "bytes") as advance:
                packages = download(settings.index, source, to, places[0], advance)
        else:
            packages = [install(_package(file, source, to), places[0], (source, to))]
        for package in packages:
            typer.echo(f"Installed {package.name}.")
    typer.echo("Next: 'paperglot models test' says how good it is; 'paperglot translate' translates what is kept.")


def _package(place: Path, source: str, target: str) -> Path:
    """What to install from: the file or folder itself, or the newest fitting file in the folder."""
    if not place.is_dir() or (place / "metadata.json").exists() or (place / "model.bin").exists():
        return place
    fitting = sorted(place.glob(f"*{source}_{target}*.argosmodel"))
    if not fitting:
        raise UsageError(
            f"{place} holds no package file for {source} to {target} (*{source}_{target}*.argosmodel), no unpacked "
            "package (metadata.json) and no converted model (model.bin)."
        )
    return fitting[-1]


@models.command("remove")
def remove_models(source: str, target: str, data: Data = None) -> None:
    """Remove the packages of a pair of languages that Paperglot installed."""
    from translation.packages import remove

    places, _ = _places(data)
    gone, others = remove(places, source, target)
    if gone:
        typer.echo(f"Removed {', '.join(package.name for package in gone)}.")
    for package in others:
        typer.echo(f"{package.folder} stays: Paperglot did not install it.")
    if not gone:
        raise UsageError(f"No package from {source} to {target} was installed by Paperglot.")


@models.command("test")
def test(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The language of the originals.")] = "en",
    target: Annotated[str, typer.Argument(metavar="TO", help="The language to translate into.")] = "zh",
    pairs: Annotated[
        Path | None,
        typer.Option(help="Your own pairs: a text, a tab and its translation on each line. By default those shipped."),
    ] = None,
    data: Data = None,
) -> None:
    """How good the installed packages translate a set of sentences. The page says what the last test came to."""
    from translation.engine import Translator
    from translation.packages import code
    from translation.quality.measure import measure
    from translation.quality.measure import pairs as read
    from translation.quality.record import keep
    from translation.settings import TranslationSettings

    into = folder(data)
    here, there = code(source), code(target)
    chosen = read(here, there, pairs)
    quality = measure(
        Translator(into, TranslationSettings.load(), there), here, chosen, pairs.name if pairs else "shipped"
    )
    keep(quality, into, here, there)
    typer.echo(f"{quality.model} on {quality.sentences:,} sentences ({quality.set}):")
    typer.echo(f"  chrF {quality.chrf}, BLEU {quality.bleu}")
    typer.echo(f"  spans kept in {quality.spans_kept:.1%} of what is translated")
    typer.echo(f"  {quality.sentences / max(quality.seconds, 0.01):,.0f} sentences a second")
    for way, count in sorted(quality.ways.items(), key=lambda item: -item[1]):
        typer.echo(f"  {count / quality.sentences:6.1%} {way}")
    for reason, count in sorted(quality.reasons.items(), key=lambda item: -item[1]):
        typer.echo(f"         {count:,} refused: {reason}")
