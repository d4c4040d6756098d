"""Reads package indexes, and downloads the packages that they offer."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from translation.install import install
from translation.packages import NoPackage, Package, code, way


def offered(index: str) -> list[dict[str, Any]]:
    """The translation packages of an index as its JSON has them; `index` is an address or a file; raises NoPackage."""
    try:
        path = Path(index)
        if path.exists():
            entries = json.loads(path.read_text("utf-8"))
        else:
            with urllib.request.urlopen(index, timeout=60) as response:  # noqa: S310  (the user's own setting)
                entries = json.loads(response.read())
    except (OSError, HTTPException, ValueError) as error:
        raise NoPackage(f"The package index {index} cannot be read ({error}).") from error
    if not isinstance(entries, list):
        raise NoPackage(f"The package index {index} is no list of packages.")
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("type", "translate") == "translate"]


def download(
    index: str,
    source: str,
    target: str,
    folder: Path,
    progress: Callable[[int, int], None] = lambda received, total: None,
) -> list[Package]:
    """Install the packages for a pair: the direct one, else the two by way of English.

    `progress` gets the bytes received and their total, which is 0 where the server does not say it. Raises NoPackage,
    and BadPackage from `install`.
    """
    offers = [
        (code(str(entry.get("from_code"))), code(str(entry.get("to_code"))), str(entry.get("package_version")), entry)
        for entry in offered(index)
    ]
    entries = way(offers, code(source), code(target))
    if not entries:
        raise NoPackage(f"The index {index} offers no package from {source} to {target}.")
    return [_download(entry, folder, progress) for entry in entries]


def _download(entry: dict[str, Any], folder: Path, progress: Callable[[int, int], None]) -> Package:
    links = [link for link in entry.get("links") or () if str(link).startswith(("https://", "http://"))]
    if not links:
        raise NoPackage("The index gives no address for this package.")
    for number, link in enumerate(links, start=1):
        with tempfile.NamedTemporaryFile(suffix=".argosmodel") as file:
            try:
                _fetch(link, file, progress)
            except NoPackage:
                if number == len(links):
                    raise
                continue
            return install(Path(file.name), folder, (str(entry["from_code"]), str(entry["to_code"])))
    raise AssertionError("the last link was installed from, or raised")


def _fetch(link: str, file: IO[bytes], progress: Callable[[int, int], None]) -> None:
    """Download into `file`; raises NoPackage."""
    try:
        with urllib.request.urlopen(link, timeout=60) as response:  # noqa: S310  (http and https only)
            length = response.headers.get("Content-Length") or ""
            total = int(length) if length.isascii() and length.isdigit() else 0  # 0: it is not known
            while chunk := response.read(1 << 20):
                file.write(chunk)
                progress(file.tell(), total)
    except (OSError, HTTPException) as error:
        raise NoPackage(f"{link} cannot be downloaded ({error}).") from error
    if file.tell() < total:
        raise NoPackage(f"{link} was cut off after {file.tell()} of {total} bytes: try again.")
    file.flush()
