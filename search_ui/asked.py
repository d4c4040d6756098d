"""What a request over HTTP asks for: its parameters, and what they are read with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import Request

from indexer import topics as topics_of
from indexer.lexicon import Lexicon, load
from indexer.topics import Topics
from papers.calendar import utc_now


def parameters_of(request: Request) -> dict[str, list[str]]:
    """The parameters of the address, whatever is in it."""
    return parse_qs(request.url.query, encoding="utf-8", errors="replace", max_num_fields=None)


def today() -> date:
    return utc_now().date()


def topics(request: Request) -> Topics:
    """The topics of the data folder."""
    folder: Path | None = request.app.state.folder
    return topics_of.load(folder, today())


def lexicon(request: Request) -> Lexicon:
    """The lexicon of the data folder."""
    folder: Path | None = request.app.state.folder
    return load(folder)
