"""Argos packages: which are installed, and by which of them one gets from a language to another.

A package is a folder with `metadata.json`, `model/` (CTranslate2's files), and a tokenizer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from papers.errors import PaperglotError, UsageError
from translation.tokenizer import KINDS

METADATA = "metadata.json"
MOST_METADATA = 1 << 20  # bytes
NEEDED = ("model/model.bin",)
PIVOT = "en"


class BadPackage(UsageError):
    """Raised by `install` and `read`: this is no Argos package that can be used."""


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
    """What a package with these files lacks."""
    absent = [name for name in NEEDED if name not in names]
    return absent if any(name in names for name in KINDS) else [*absent, " or ".join(KINDS)]


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
    found = way([(package.source, package.target, package.version, package) for package in packages], source, target)
    if not found:
        raise NoPackage(
            f"No package translates from {source} to {target}: run 'paperglot models install {source} {target}'."
        )
    return found


_Offer = TypeVar("_Offer")


def way(offers: Sequence[tuple[str, str, str, _Offer]], source: str, target: str) -> list[_Offer]:
    """What translates directly, else the two by way of English, else nothing; the newest of each pair.

    An offer is (source, target, version, whatever it is).
    """
    newest = {(a, b): offer for a, b, _, offer in sorted(offers, key=lambda offer: _version(offer[2]))}
    for steps in ([(source, target)], [(source, PIVOT), (PIVOT, target)]):
        if all(step in newest for step in steps):
            return [newest[step] for step in steps]
    return []


def _version(text: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in text.split(".")]


def remove(folder: Path, source: str, target: str) -> list[Package]:
    """Remove the packages of a pair; which they were."""
    gone = [package for package in installed(folder) if (package.source, package.target) == (source, target)]
    for package in gone:
        shutil.rmtree(package.folder)
    return gone
