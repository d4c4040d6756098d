"""Argos packages: which are installed, and which of them translate from one language into another.

A package is a folder with `metadata.json`, `model/` (CTranslate2's files), and a tokenizer. Packages that Argos itself
installed are used in their own folders and never changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from papers.errors import PaperglotError, UsageError
from papers.translations import DEMO
from translation.tokenizer import KINDS

METADATA = "metadata.json"
# A file that marks the folder of a package that we installed, and may remove.
OURS = ".installed-by-paperglot"
MOST_METADATA = 1 << 20  # bytes
NEEDED = ("model/model.bin",)
PIVOT = "en"
# Language codes of Argos and of others → the codes that language detection uses.
_CODES = {
    "zt": "zh-Hant", "pb": "pt", "nb": "no", "nn": "no", "zh-hans": "zh", "zh-cn": "zh", "zh-sg": "zh",
    "zh-hant": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "pt-br": "pt", "pt-pt": "pt", "cmn": "zh",
    "cmn-hans": "zh", "cmn-hant": "zh-Hant",
}  # fmt: skip
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,40}")


class BadPackage(UsageError):
    """Raised by `install` and `read`: this is not an Argos package that can be used."""


class NoPackage(PaperglotError):
    """Raised by `route`, `offered` and `download`: no package for this pair is installed, offered, or reachable."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package."""

    folder: Path
    source: str
    target: str
    version: str
    tokenizer: str  # its file: one of `translation.tokenizer.KINDS`
    target_prefix: str = ""
    source_prefix: str = ""  # selects the target language in a model of several: ">>cmn_Hans<<"
    licence: str = ""
    is_demo: bool = False  # it knows the words of made-up papers only

    @property
    def name(self) -> str:
        """The name that translations record as their model: `en-zh 1.9`, with DEMO at its end for the demo's."""
        return f"{self.source}-{self.target} {self.version}{DEMO if self.is_demo else ''}"

    @property
    def identity(self) -> str:
        """All that its answers depend on. Two packages may hold the same model, and ask it for two languages."""
        return "\t".join((self.name, self.hash, self.source_prefix, self.target_prefix))

    @property
    def is_ours(self) -> bool:
        """Whether we installed it."""
        return (self.folder / OURS).exists()

    @property
    def hash(self) -> str:
        """A hash of its model and tokenizer files, computed again when their sizes or times change."""
        files = (*NEEDED, self.tokenizer)
        stats = [(self.folder / name).stat() for name in files]
        return _hash(self.folder, files, tuple((stat.st_size, stat.st_mtime_ns) for stat in stats))


@cache
def _hash(folder: Path, files: tuple[str, ...], as_of: tuple[tuple[int, int], ...]) -> str:
    digest = hashlib.blake2b(digest_size=4)
    for name in files:
        with (folder / name).open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def code(text: str) -> str:
    """The code that language detection uses for a code of Argos or others: zt → zh-Hant, pt_BR → pt."""
    plain = text.replace("_", "-")
    return _CODES.get(plain.lower(), plain if plain in _CODES.values() else plain.partition("-")[0].lower())


def installed(folders: Sequence[Path]) -> list[Package]:
    """The packages in these folders. A folder without a usable package is skipped: it must not hide the others."""
    packages = []
    for folder in folders:
        for path in _subfolders(folder):
            with suppress(BadPackage):
                packages.append(read(path))
    return packages


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []  # it does not exist, or we may not read it


def read(folder: Path) -> Package:
    """The package in this folder; raises BadPackage."""
    try:
        with (folder / METADATA).open("rb") as file:
            content = file.read(MOST_METADATA + 1)
        if len(content) > MOST_METADATA:
            raise BadPackage(f"{METADATA} of {folder.name} is longer than that of any Argos package.")
        metadata = json.loads(content.decode("utf-8"))
    except (OSError, ValueError) as error:
        raise BadPackage(f"{folder} holds no Argos package: {METADATA} cannot be read.") from error
    absent = missing({name for name in (*NEEDED, *KINDS) if (folder / name).is_file()})
    if absent:
        raise BadPackage(f"The package in {folder} lacks {', '.join(absent)}.")
    return _package(folder, metadata)


def missing(names: Collection[str]) -> list[str]:
    """The files that a package with the files `names` lacks; [] where it is complete."""
    absent = [name for name in NEEDED if name not in names]
    return absent if any(name in names for name in KINDS) else [*absent, " or ".join(KINDS)]


def _package(folder: Path, metadata: Any) -> Package:
    if not isinstance(metadata, dict):
        raise BadPackage(f"{METADATA} of {folder.name} is no JSON object.")
    kind = metadata.get("type", "translate")
    if kind != "translate":
        raise BadPackage(f"The package in {folder.name} does not translate: its type is '{kind}'.")
    for name in ("from_code", "to_code"):
        if not _CODE.fullmatch(str(metadata.get(name) or "")):
            raise BadPackage(f"{METADATA} of {folder.name} has no language in {name}: '{metadata.get(name)}'.")
    version = str(metadata.get("package_version") or "0")  # some write it as a number, some not at all
    if not _VERSION.fullmatch(version):
        raise BadPackage(f"{METADATA} of {folder.name} has no version in package_version: '{version}'.")
    return Package(
        folder, code(metadata["from_code"]), code(metadata["to_code"]), version,
        tokenizer=next(name for name in KINDS if (folder / name).is_file()),
        target_prefix=str(metadata.get("target_prefix") or ""),
        source_prefix=str(metadata.get("source_prefix") or ""),
        licence=str(metadata.get("license") or metadata.get("licence") or ""),
        is_demo=metadata.get("demo") is True,
    )  # fmt: skip


def route(packages: Sequence[Package], source: str, target: str) -> list[Package]:
    """The packages from `source` to `target`: the direct one, else two by way of English; raises NoPackage."""
    steps = way([(package.source, package.target, package.version, package) for package in packages], source, target)
    if not steps:
        raise NoPackage(
            f"No package translates from {source} to {target}: run 'paperglot models install {source} {target}'."
        )
    return steps


_Offer = TypeVar("_Offer")


def way(offers: Sequence[tuple[str, str, str, _Offer]], source: str, target: str) -> list[_Offer]:
    """The offer that translates directly, else the two by way of English, else []; of each pair the newest version.

    Each of `offers` is (source, target, version, offer).
    """
    newest = {(a, b): offer for a, b, _, offer in sorted(offers, key=lambda offer: _version(offer[2]))}
    for steps in ([(source, target)], [(source, PIVOT), (PIVOT, target)]):
        if all(step in newest for step in steps):
            return [newest[step] for step in steps]
    return []


def _version(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]


def remove(folders: Sequence[Path], source: str, target: str) -> tuple[list[Package], list[Package]]:
    """Remove the packages of a pair that we installed. Returns those, and the packages of the pair that stay."""
    candidates = [
        candidate
        for candidate in installed(folders)
        if (candidate.source, candidate.target) == (code(source), code(target))
    ]
    ours, not_ours = (
        [candidate for candidate in candidates if candidate.is_ours],
        [candidate for candidate in candidates if not candidate.is_ours],
    )
    for package in ours:
        shutil.rmtree(package.folder)
    return ours, not_ours
