"""How an Argos package is checked and installed, from a file or from what an index offers.

Packages come as zip files with one folder in them. Argos's own installer unpacks whatever a zip holds, wherever it
says, and needs torch at its end. Here a package is checked before anything is unpacked, unpacked beside its place,
and moved there in one step.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any

from papers.errors import PaperglotError
from translation.model import Model
from translation.packages import METADATA, BadPackage, NoPackage, Package, missing, read, way

# The largest published ones are under 300 MB; a zip that claims more is a bomb.
MOST_UNPACKED = 4 << 30
MOST_FILES = 2000
# Parts that only other programs use: Argos's sentence splitters, of which stanza's needs torch.
UNUSED = ("stanza", "minisbd", "spacy")


def install(path: Path, folder: Path, expected: tuple[str, str] | None = None) -> Package:
    """Install the package file `path` into `folder`, in the place of an older one; all of it or nothing.

    `expected` are the languages that it must be for.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = _checked(archive, path)
            root = PurePosixPath(names[0]).parts[0]
            folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder))
            try:
                for name in names:
                    if not name.endswith("/") and PurePosixPath(name).parts[1] not in UNUSED:
                        archive.extract(name, staging)
                package = read(staging / root)
                _expect(package, expected, path)
                _try(package, path)
                final = folder / f"translate-{package.source}_{package.target}-{package.version.replace('.', '_')}"
                _replace(final, staging / root, staging / "replaced")
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadPackage(f"{path} cannot be installed: {reason}.") from error
    return replace(package, folder=final)


def _try(package: Package, path: Path) -> None:
    """Raise BadPackage where its model or its tokenizer does not translate."""
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
    entries = archive.infolist()
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
        if len(parts) < 2 and not entry.is_dir():
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


def _expect(package: Package, expected: tuple[str, str] | None, path: Path) -> None:
    if expected and (package.source, package.target) != expected:
        raise BadPackage(
            f"{path} translates from {package.source} to {package.target}, not from {expected[0]} to {expected[1]}."
        )


def offered(index: str) -> list[dict[str, Any]]:
    """What a package index offers; `index` is an address or a file."""
    try:
        path = Path(index)
        if path.exists():
            found = json.loads(path.read_text("utf-8"))
        else:
            with urllib.request.urlopen(index, timeout=60) as response:  # noqa: S310  (the user's own setting)
                found = json.loads(response.read())
    except (OSError, HTTPException, ValueError) as error:
        raise NoPackage(f"The package index {index} cannot be read ({error}).") from error
    if not isinstance(found, list):
        raise NoPackage(f"The package index {index} is no list of packages.")
    return [entry for entry in found if isinstance(entry, dict) and entry.get("type", "translate") == "translate"]


def download(
    index: str, source: str, target: str, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Package]:
    """Install what the index offers for a pair: the direct package, else the two by way of English."""
    offers = [
        (str(entry.get("from_code")), str(entry.get("to_code")), str(entry.get("package_version")), entry)
        for entry in offered(index)
    ]
    wanted = way(offers, source, target)
    if not wanted:
        raise NoPackage(f"The index {index} offers no package from {source} to {target}.")
    return [_download(entry, folder, progress) for entry in wanted]


def _download(entry: dict[str, Any], folder: Path, progress: Callable[[int, int], None]) -> Package:
    links = [link for link in entry.get("links") or () if str(link).startswith(("https://", "http://"))]
    if not links:
        raise NoPackage("The index gives no address for this package.")
    with tempfile.NamedTemporaryFile(suffix=".argosmodel") as file:
        try:
            with urllib.request.urlopen(links[0], timeout=60) as response:  # noqa: S310  (http and https only)
                total = int(response.headers.get("Content-Length") or 0)
                while chunk := response.read(1 << 20):
                    file.write(chunk)
                    progress(file.tell(), total)
        except (OSError, HTTPException) as error:
            raise NoPackage(f"{links[0]} cannot be downloaded ({error}).") from error
        if file.tell() < total:
            raise NoPackage(f"{links[0]} was cut off after {file.tell()} of {total} bytes: try again.")
        file.flush()
        return install(Path(file.name), folder, (str(entry["from_code"]), str(entry["to_code"])))
