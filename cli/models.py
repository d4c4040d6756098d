"""`paperglot models`: the packages of translation models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import progress
from papers.errors import UsageError

if TYPE_CHECKING:
    from translation.settings import TranslationSettings

models = typer.Typer(help="List, install, remove and test the Argos packages that translate.", no_args_is_help=True)


def _package_folders(data: Path | None) -> tuple[tuple[Path, ...], TranslationSettings]:
    """The folders that may hold packages, first the one that we install into; and the settings of translation."""
    from translation.settings import TranslationSettings, packages_folders

    settings = TranslationSettings.load()
    return packages_folders(folder(data), settings), settings


@models.command("list")
def list_models(data: Data = None) -> None:
    """List the installed packages, our own and those of Argos."""
    from translation.packages import installed

    folders, _ = _package_folders(data)
    packages = installed(folders)
    for package in packages:
        origin = "" if package.is_ours else "  (not installed by Paperglot)"
        typer.echo(f"{package.source} → {package.target}  {package.version}  {package.folder}{origin}")
    if not packages:
        typer.echo(f"No package is installed in {folders[0]}: 'paperglot models install en zh' gets one.")


@models.command("install")
def install(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The language to translate from.")] = "en",
    target: Annotated[
        str | None,
        typer.Argument(metavar="TO", help="The language to translate into; by default those of the settings."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Install from here instead of the index: a package file, a folder that holds one, an unpacked "
            "package, or the folder of an OPUS-MT model that was converted for CTranslate2.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Check and install the package of a pair of languages."""
    from translation.download import download
    from translation.install import install

    folders, settings = _package_folders(data)
    for to in (target,) if target else settings.to:
        if file is None:
            with progress("Downloading", "bytes") as advance:
                packages = download(settings.index, source, to, folders[0], advance)
        else:
            packages = [install(_install_source(file, source, to), folders[0], (source, to))]
        for package in packages:
            typer.echo(f"Installed {package.name}.")
    typer.echo("Next: 'paperglot models test' says how good it is; 'paperglot translate' translates what is kept.")


def _install_source(path: Path, source: str, target: str) -> Path:
    """What to install from: the file or folder itself, or the last matching package file, by name, in the folder.

    Raises UsageError if the folder holds nothing to install.
    """
    if not path.is_dir() or (path / "metadata.json").exists() or (path / "model.bin").exists():
        return path
    package_files = sorted(path.glob(f"*{source}_{target}*.argosmodel"))
    if not package_files:
        raise UsageError(
            f"{path} holds no package file for {source} to {target} (*{source}_{target}*.argosmodel), no unpacked "
            "package (metadata.json) and no converted model (model.bin)."
        )
    return package_files[-1]


@models.command("remove")
def remove_models(source: str, target: str, data: Data = None) -> None:
    """Remove the packages of a pair of languages that Paperglot installed."""
    from translation.packages import remove

    folders, _ = _package_folders(data)
    removed, foreign = remove(folders, source, target)
    if removed:
        typer.echo(f"Removed {', '.join(package.name for package in removed)}.")
    for package in foreign:
        typer.echo(f"{package.folder} stays: Paperglot did not install it.")
    if not removed:
        raise UsageError(f"No package from {source} to {target} was installed by Paperglot.")


@models.command("test")
def test(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The language to translate from.")] = "en",
    target: Annotated[str, typer.Argument(metavar="TO", help="The language to translate into.")] = "zh",
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="A file of your own pairs: text, tab, translation on each line. By default those of Paperglot."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Measure how well the installed packages translate.

    They translate a set of sentences. The page shows the result of the last test.
    """
    from translation.engine import translator_of
    from translation.packages import code
    from translation.quality.measure import measure
    from translation.quality.measure import pairs as read
    from translation.quality.record import keep
    from translation.settings import TranslationSettings

    data_folder = folder(data)
    source_code, target_code = code(source), code(target)
    test_pairs = read(source_code, target_code, pairs)
    quality = measure(
        translator_of(data_folder, TranslationSettings.load(), target_code),
        source_code,
        test_pairs,
        pairs.name if pairs else "shipped",
    )
    keep(quality, data_folder, source_code, target_code)
    typer.echo(f"{quality.model} on {quality.sentences:,} sentences ({quality.set}):")
    typer.echo(f"  chrF {quality.chrf}, BLEU {quality.bleu}")
    typer.echo(f"  spans kept in {quality.spans_kept:.1%} of what is translated")
    typer.echo(f"  {quality.sentences / max(quality.seconds, 0.01):,.0f} sentences a second")
    for way, count in sorted(quality.ways.items(), key=lambda item: -item[1]):
        typer.echo(f"  {count / quality.sentences:6.1%} {way}")
    for reason, count in sorted(quality.reasons.items(), key=lambda item: -item[1]):
        typer.echo(f"         {count:,} refused: {reason}")
