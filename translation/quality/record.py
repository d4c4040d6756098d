"""Stores the result of a quality test in the data folder, for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from papers import files


@dataclass(frozen=True, slots=True)
class Quality:
    """The result of a test of one pair of languages; `ways` and `reasons` count sentences, scores are 0 to 100."""

    model: str
    set: str
    sentences: int
    chrf: float
    bleu: float
    spans_kept: float  # the share of translated sentences that lost no span, 0 to 1
    ways: Mapping[str, int]
    reasons: Mapping[str, int]
    seconds: float


def _file(data: Path, source: str, target: str) -> Path:
    return data / f"quality-{source}-{target}.json"


def keep(quality: Quality, data: Path, source: str, target: str) -> None:
    """Store the result of a test, which replaces the one before; raises OSError."""
    data.mkdir(parents=True, exist_ok=True)
    files.replace(_file(data, source, target), orjson.dumps(asdict(quality), option=orjson.OPT_INDENT_2))


def kept(data: Path, source: str, target: str) -> Quality | None:
    """The result of the last test; None where there is none, or it cannot be read."""
    try:
        return Quality(**orjson.loads(_file(data, source, target).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
