"""The steps that a run can have: which command of ours does each. A step is a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from translation.packages import installed
from translation.settings import TranslationSettings, packages_folders

MODELS, CRAWL, TRANSLATE, INDEX = "models", "crawl", "translate", "index"
# In the order in which a run takes them.
STEPS = (MODELS, CRAWL, TRANSLATE, INDEX)
# What a job does that does not say. Models are large, and fetched where somebody asks for them.
USUAL = (CRAWL, TRANSLATE, INDEX)
_COMMANDS = {MODELS: ("models", "install")}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the arguments of `paperglot` that do it."""

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
    packages = packages_folders(folder, TranslationSettings.load()) if name in (MODELS, TRANSLATE) else None
    if name == MODELS and packages and installed(packages):
        return "a model is installed"
    if name == TRANSLATE and packages and not installed(packages):
        return "no model is installed: 'paperglot models install en zh' brings one"
    return None
