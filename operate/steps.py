"""The steps that a run can have, and the `paperglot` command of each. A step is a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from delivery.alerts.settings import ALERTS_FILE, AlertsSettings
from delivery.digest.settings import DigestSettings
from translation.packages import installed
from translation.settings import TranslationSettings, packages_folders

MODELS, CRAWL, TRANSLATE, LEXICON, INDEX = "models", "crawl", "translate", "lexicon", "index"
DIGEST, ALERTS = "digest", "alerts"
# In the order in which a run takes them.
STEPS = (MODELS, CRAWL, TRANSLATE, LEXICON, INDEX, DIGEST, ALERTS)
# The steps of a job that names none. Models are large: they are fetched only where a job asks for them.
USUAL = (CRAWL, TRANSLATE, LEXICON, INDEX, DIGEST, ALERTS)
_COMMANDS = {MODELS: ("models", "install")}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, and the arguments of `paperglot` that carry it out."""

    name: str
    arguments: tuple[str, ...]


def step(name: str) -> Step:
    """The step of this name, as a job runs it."""
    return Step(name, _COMMANDS.get(name, (name,)))


def in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """These steps in the order in which they can build on each other."""
    return tuple(name for name in STEPS if name in names)


def why_skipped(name: str, folder: Path) -> str | None:
    """Why there is nothing to do for a step; None where it is to be done."""
    folders = packages_folders(folder, TranslationSettings.load()) if name in (MODELS, TRANSLATE, LEXICON) else None
    if name == MODELS and folders and installed(folders):
        return "a model is installed"
    if name in (TRANSLATE, LEXICON) and folders and not installed(folders):
        return "no model is installed: 'paperglot models install en zh' brings one"
    if name == DIGEST and not DigestSettings.load().document:
        return "no digest is configured"
    if name == ALERTS and not (folder / ALERTS_FILE).exists():
        settings = AlertsSettings.load()
        return None if settings.from_page or settings.owner else "there are no alerts"
    return None
