"""The settings of translation: the target languages, the packages, and how much of the machine is used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from papers.settings import CommaList, Section
from translation.model import TOKENS_A_BATCH


class TranslationSettings(Section):
    """`[translation]` in paperglot.toml."""

    section: ClassVar[str] = "translation"

    to: CommaList[str] = ("zh",)
    """The languages into which titles and abstracts are translated."""
    packages: Path | None = None
    """Where model packages are installed. By default a folder in the data folder."""
    index: str = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
    """The list of packages that `paperglot models install` downloads from. By default Argos's own."""
    glossary: Path | None = None
    """A file of your own terms. They are added to those of Paperglot, and replace its entries for the same terms."""
    # A greedy search is 3.6 times faster than a beam of 4, and a reader hardly sees the difference.
    beam: int = Field(1, ge=1, le=10)
    """How many translations of a sentence are followed at a time: 4 takes 3.6 times as long as 1."""
    batch: int = Field(TOKENS_A_BATCH, ge=32, le=16_384)
    """Tokens that the model translates at once."""
    threads: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 8), ge=1, le=64)
    """Threads of the model. By default one for each core, 8 at most."""
    papers_at_once: int = Field(100, ge=1, le=1000)
    """Papers whose sentences are translated together. Fewer than 50 is slower."""


# In place of the address of a cluster: workers that are started on this machine.
HERE = "here"


class ClusterSettings(Section):
    """`[cluster]` in paperglot.toml: what `paperglot translate --on` uses."""

    section: ClassVar[str] = "cluster"

    workers: int = Field(default_factory=lambda: max(1, (os.cpu_count() or 1) // 2), ge=1, le=256)
    """The processes that `--on here` starts. By default one for every two cores."""
    threads: int | None = Field(None, ge=1, le=64)
    """The threads of each of them. By default they share all cores."""
    tls_ca: Path | None = None
    """For an address that begins with `tls://`: the certificate of who signed those of all machines."""
    tls_certificate: Path | None = None
    """The certificate of this machine."""
    tls_key: Path | None = None
    """The key of that certificate."""
    timeout: float = Field(20, ge=1, le=600)
    """Seconds to wait for the scheduler, and for its first worker."""
    patience: float = Field(120, ge=1, le=86_400)
    """Seconds without any worker after which the run ends."""


def packages_folder(data: Path, settings: TranslationSettings) -> Path:
    """The folder where Paperglot installs packages."""
    return (settings.packages or data / "packages").expanduser()


def packages_folders(data: Path, settings: TranslationSettings) -> tuple[Path, ...]:
    """The folders with packages, in absolute paths: our own, and those where Argos itself installs them."""
    places = [packages_folder(data, settings)]
    if folder := os.environ.get("ARGOS_PACKAGES_DIR"):
        places.append(Path(folder))
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    places.append(share / "argos-translate" / "packages")
    return tuple(dict.fromkeys(place.expanduser().absolute() for place in places))
