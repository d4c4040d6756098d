"""Argos packages: what is installed, and how one is checked and installed. Nothing here translates.

A package is a zip file with one folder: `metadata.json`, `model/` (CTranslate2's files), and a tokenizer.
Argos's own installer unpacks whatever a zip holds, wherever it says, and needs torch at its end. Here a package
is checked before anything is unpacked, unpacked beside its place, and moved there in one step.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from papers.errors import PaperglotError, UsageError
from translation.tokenizer import KINDS

METADATA = "metadata.json"
NEEDED = ("model/model.bin",)
# The largest published ones are under 300 MB; a zip that claims more is a bomb.
MOST_UNPACKED = 4 << 30
MOST_FILES = 2000
# Parts that only other programs use: Argos's sentence splitters, of which stanza's needs torch.
UNUSED = ("stanza", "minisbd", "spacy")
PIVOT = "en"


class BadPackage(UsageError):
    """Raised by `install_file` and `read`: this is no Argos package that can be used."""


class NoPackage(PaperglotError):
    """Raised by `route` and `download`: no package translates from the one language into the other."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package."""

    folder: Path
    source: str
    target: str
    version: str
    tokenizer: str  # its file: one of `translation.tokenizer.KINDS`
    target_prefix: str = ""

    @property
    def name(self) -> str:
        """What a translation says it was made by: `en-zh 1.9`."""
        return f"{self.source}-{self.target} {self.version}"


def installed(folder: Path) -> list[Package]:
    """The packages in `folder`. A folder that is none is passed over: it must not hide the others."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            found.append(read(path))
        except BadPackage:
            continue
    return found


def read(folder: Path) -> Package:
    """The package in this folder."""
    try:
        metadata = json.loads((folder / METADATA).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadPackage(f"{folder} holds no Argos package: {METADATA} cannot be read.") from error
    missing = _missing({name for name in (*NEEDED, *KINDS) if (folder / name).is_file()})
    if missing:
        raise BadPackage(f"The package in {folder} lacks {', '.join(missing)}.")
    return _package(folder, metadata)


def _missing(names: Collection[str]) -> list[str]:
    """What a package with these files lacks."""
    missing = [name for name in NEEDED if name not in names]
    return missing if any(name in names for name in KINDS) else [*missing, " or ".join(KINDS)]


def _package(folder: Path, metadata: Any) -> Package:
    if not isinstance(metadata, dict):
        raise BadPackage(f"{METADATA} of {folder.name} is no JSON object.")
    values = [metadata.get(name) for name in ("from_code", "to_code", "package_version")]
    if not all(isinstance(value, str) and value and value.replace(".", "").isalnum() for value in values):
        raise BadPackage(f"{METADATA} of {folder.name} lacks from_code, to_code or package_version.")
    source, target, version = map(str, values)
    tokenizer = next(name for name in KINDS if (folder / name).is_file())
    return Package(folder, source, target, version, tokenizer, str(metadata.get("target_prefix") or ""))


def route(packages: Sequence[Package], source: str, target: str) -> list[Package]:
    """The packages to go through: the direct one, else two by way of English; the newest of each pair."""

    def best(a: str, b: str) -> Package | None:
        fitting = [package for package in packages if (package.source, package.target) == (a, b)]
        return max(fitting, key=lambda package: _version(package.version), default=None)

    found = _way(best, source, target)
    if not found:
        raise NoPackage(
            f"No package translates from {source} to {target}: run 'paperglot models install {source} {target}'."
        )
    return found


_Offer = TypeVar("_Offer")


def _way(best: Callable[[str, str], _Offer | None], source: str, target: str) -> list[_Offer]:
    """What translates directly, else the two by way of English, else nothing."""
    direct = best(source, target)
    if direct:
        return [direct]
    first, second = best(source, PIVOT), best(PIVOT, target)
    return [first, second] if first and second else []


def _version(text: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in text.split(".")]


def install_file(path: Path, folder: Path, expected: tuple[str, str] | None = None) -> Package:
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
                final = folder / f"translate-{package.source}_{package.target}-{package.version.replace('.', '_')}"
                shutil.rmtree(final, ignore_errors=True)
                (staging / root).rename(final)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadPackage(f"{path} cannot be installed: {reason}.") from error
    return replace(package, folder=final)


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
    root = roots.pop()
    inside = {name.removeprefix(f"{root}/") for name in names}
    missing = [*([METADATA] if METADATA not in inside else []), *_missing(inside)]
    if missing:
        raise BadPackage(f"{path} is no Argos package that can be used: it lacks {', '.join(missing)}.")
    broken = archive.testzip()
    if broken:
        raise BadPackage(f"{path} is damaged at '{broken}': get it again.")
    return names


def _expect(package: Package, expected: tuple[str, str] | None, path: Path) -> None:
    if expected and (package.source, package.target) != expected:
        raise BadPackage(
            f"{path} translates from {package.source} to {package.target}, not from {expected[0]} to {expected[1]}."
        )


def remove(folder: Path, source: str, target: str) -> list[Package]:
    """Remove the packages of a pair; which they were."""
    gone = [package for package in installed(folder) if (package.source, package.target) == (source, target)]
    for package in gone:
        shutil.rmtree(package.folder)
    return gone


def offered(index: str) -> list[dict[str, Any]]:
    """What a package index offers; `index` is an address or a file."""
    try:
        path = Path(index)
        if path.exists():
            found = json.loads(path.read_text("utf-8"))
        else:
            with urllib.request.urlopen(index, timeout=60) as response:  # noqa: S310  (the user's own setting)
                found = json.loads(response.read())
    except (OSError, ValueError) as error:
        raise NoPackage(f"The package index {index} cannot be read ({error}).") from error
    return [entry for entry in found if isinstance(entry, dict) and entry.get("type", "translate") == "translate"]


def download(
    index: str, source: str, target: str, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Package]:
    """Install what the index offers for a pair: the direct package, else the two by way of English."""
    entries = offered(index)

    def best(a: str, b: str) -> dict[str, Any] | None:
        fitting = [entry for entry in entries if (entry.get("from_code"), entry.get("to_code")) == (a, b)]
        return max(fitting, key=lambda entry: _version(str(entry.get("package_version"))), default=None)

    wanted = _way(best, source, target)
    if not wanted:
        raise NoPackage(f"The index {index} offers no package from {source} to {target}.")
    return [_download(entry, folder, progress) for entry in wanted]


def _download(entry: dict[str, Any], folder: Path, progress: Callable[[int, int], None]) -> Package:
    links = [link for link in entry.get("links", ()) if str(link).startswith(("https://", "http://"))]
    if not links:
        raise NoPackage("The index gives no address for this package.")
    with tempfile.NamedTemporaryFile(suffix=".argosmodel") as file:
        try:
            with urllib.request.urlopen(links[0], timeout=60) as response:  # noqa: S310  (http and https only)
                total = int(response.headers.get("Content-Length") or 0)
                while chunk := response.read(1 << 20):
                    file.write(chunk)
                    progress(file.tell(), total)
        except OSError as error:
            raise NoPackage(f"{links[0]} cannot be downloaded ({error}).") from error
        file.flush()
        return install_file(Path(file.name), folder, (str(entry["from_code"]), str(entry["to_code"])))
