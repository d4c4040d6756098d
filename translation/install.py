"""Checks and installs Argos packages.

A package is a zip file with one folder in it. Argos's own installer needs torch, and unpacks every file of a zip to
the path that the zip gives. Here a package is checked first, then unpacked into a temporary folder beside its final
one, and moved there in one step.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from papers.errors import PaperglotError
from translation import opus
from translation.model import Model
from translation.packages import METADATA, OURS, BadPackage, Package, code, missing, read

# The largest published ones are under 300 MB; a zip that claims more is a bomb.
MOST_UNPACKED = 4 << 30
MOST_FILES = 2000
# Parts that only other programs use: Argos's sentence splitters, of which stanza's needs torch.
UNUSED = ("stanza", "minisbd", "spacy")


def install(path: Path, folder: Path, expected: tuple[str, str] | None = None) -> Package:
    """Install the package `path` into `folder`, completely or not at all; an older one is replaced. Raises BadPackage.

    `path` is a package file, a folder with an unpacked package, or a folder with an OPUS-MT model that was converted
    for CTranslate2. `expected` is the pair of languages that the package must have. It is required for an OPUS-MT
    model, whose files do not name its languages.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder))
        try:
            new = _unfold(path, staging, expected) if path.is_dir() else _unpack(path, staging)
            package = read(new)
            _expect(package, expected, path)
            _try(package, path)
            (new / OURS).touch()
            final = folder / f"translate-{package.source}_{package.target}-{package.version.replace('.', '_')}"
            _replace(final, new, staging / "replaced")
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadPackage(f"{path} cannot be installed: {reason}.") from error
    return replace(package, folder=final)


def _unpack(path: Path, staging: Path) -> Path:
    """Unpack a package file into `staging`, and return its folder there."""
    with zipfile.ZipFile(path) as archive:
        names = _checked(archive, path)
        for name in names:
            if not name.endswith("/") and PurePosixPath(name).parts[1] not in UNUSED:
                archive.extract(name, staging)
    return staging / PurePosixPath(names[0]).parts[0]


def _unfold(path: Path, staging: Path, expected: tuple[str, str] | None) -> Path:
    """Copy an unpacked package, or a converted model as a package, into `staging`, and return its folder there."""
    new = staging / "package"
    if not (path / METADATA).exists() and (path / "model.bin").exists():
        opus.as_package(path, new, expected)
    else:
        shutil.copytree(path, new, ignore=shutil.ignore_patterns(*UNUSED, ".*"))
    return new


def _try(package: Package, path: Path) -> None:
    """Translate a test sentence; raises BadPackage where the model or the tokenizer fails."""
    try:
        model = Model(package, beam=1, threads=1)
        model.translate(["A test."])
    except (PaperglotError, RuntimeError, ValueError, OSError) as error:
        raise BadPackage(f"The model in {path} does not work ({error}): get it again.") from error


def _replace(final: Path, new: Path, aside: Path) -> None:
    """Put `new` in the place of `final`; what was there is moved `aside`, where the caller removes it."""
    if final.exists():
        final.rename(aside)
    try:
        new.rename(final)
    except OSError:
        if aside.exists():
            aside.rename(final)
        raise


def _checked(archive: zipfile.ZipFile, path: Path) -> list[str]:
    """The names of a package's files; raises BadPackage before anything is unpacked."""
    # Files that macOS adds to archives are ignored.
    entries = [entry for entry in archive.infolist() if not _is_litter(entry.filename)]
    if not entries:
        raise BadPackage(f"{path} is an empty archive.")
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadPackage(f"{path} would unpack to more than any Argos package holds.")
    roots = set()
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        if entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts or ":" in entry.filename:
            raise BadPackage(f"{path} holds a path that leads out of its folder: '{entry.filename}'.")
        if entry.external_attr >> 16 & 0o170000 == 0o120000:
            raise BadPackage(f"{path} holds a link: '{entry.filename}'.")
        if not parts or (len(parts) < 2 and not entry.is_dir()):
            raise BadPackage(f"{path} is no Argos package: '{entry.filename}' lies beside its folder.")
        roots.add(parts[0])
    if len(roots) != 1:
        raise BadPackage(f"{path} is no Argos package: it holds {len(roots)} folders instead of one.")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise BadPackage(f"{path} holds a file twice.")
    root = roots.pop()
    inside = {name.removeprefix(f"{root}/") for name in names}
    absent = [*([METADATA] if METADATA not in inside else []), *missing(inside)]
    if absent:
        raise BadPackage(f"{path} is no Argos package that can be used: it lacks {', '.join(absent)}.")
    broken = archive.testzip()
    if broken:
        raise BadPackage(f"{path} is damaged at '{broken}': get it again.")
    return names


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name == ".DS_Store"


def _expect(package: Package, expected: tuple[str, str] | None, path: Path) -> None:
    if expected and (package.source, package.target) != (code(expected[0]), code(expected[1])):
        raise BadPackage(
            f"{path} translates from {package.source} to {package.target}, not from {expected[0]} to {expected[1]}."
        )
