"""Checks everything that Paperglot needs. The only server that it asks is its own search engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crawler import pace
from crawler.settings import CrawlSettings, check_contact
from indexer.engines import open_engine
from indexer.settings import IndexSettings
from operate.facts import look_at
from operate.judge import judge
from operate.settings import check_all
from operate.steps import TRANSLATE, why_skipped
from papers import calendar
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.settings import config_file
from translation.packages import installed
from translation.settings import TranslationSettings, packages_folders


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check: `sentence` describes the state, or says what is wrong and what to do."""

    name: str
    fine: bool
    sentence: str


def examine(folder: Path) -> list[Check]:
    """The results of all checks, in the order in which they depend on each other.

    The findings of `judge` follow where settings and catalogue are fine.
    """
    checks = [
        _check("settings", _settings),
        _check("contact", _contact),
        _check("pace", _pace),
        _check("data folder", lambda: _data(folder)),
        _check("models", lambda: _models(folder)),
        _check("search engine", lambda: _engine(folder)),
        _check("catalogue", lambda: _catalogue(folder)),
    ]
    if all(check.fine for check in checks if check.name in ("settings", "catalogue")):
        checks += _findings(folder)
    return checks


class _Wrong(Exception):
    """What a check found wrong, as a sentence."""


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except (PaperglotError, _Wrong) as error:
        return Check(name, False, str(error))


def _settings() -> str:
    check_all()
    return f"{config_file() or 'No settings file; all is as it is by default'}."


def _contact() -> str:
    settings = CrawlSettings.load()
    check_contact(settings)
    return f"arXiv is told to reach you at {settings.contact}." if settings.contact else "A stand-in is crawled."


def _pace() -> str:
    pace.Pace(CrawlSettings.load())
    return "The pace of requests is kept together with every other crawl on this machine."


def _data(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise _Wrong(f"{folder} is read-only: searches work, crawls do not.")
    return f"{folder}, {shutil.disk_usage(folder).free >> 30:,} GB free."


def _models(folder: Path) -> str:
    if reason := why_skipped(TRANSLATE, folder):
        return f"Nothing is translated: {reason}."
    packages = installed(packages_folders(folder, TranslationSettings.load()))
    return f"{len(packages)} installed."


def _engine(folder: Path) -> str:
    engine = open_engine(folder)
    try:
        state = engine.state()
        expires = engine.key_expires()
    finally:
        engine.close()
    until = f"; its key expires on {expires:%Y-%m-%d}" if expires else ""
    return f"{IndexSettings.load().engine}, {f'{state.documents:,} papers' if state else 'no index yet'}{until}."


def _catalogue(folder: Path) -> str:
    with Catalogue(folder) as catalogue:
        if damage := catalogue.damage():
            raise _Wrong(f"It is damaged ({damage}): put a backup in its place with 'paperglot restore'.")
        return f"{catalogue.count():,} papers."


def _findings(folder: Path) -> list[Check]:
    engine = open_engine(folder)
    try:
        facts = look_at(folder, engine, calendar.utc_now())
    finally:
        engine.close()
    return [Check(finding.name.replace("_", " "), False, finding.sentence) for finding in judge(facts)]
