"""What a test of translations came to, kept in the data folder for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Quality:
    """What a test of a pair of languages came to. `ways` and `reasons` are counts of sentences."""

    model: str
    set: str
    sentences: int
    chrf: float
    bleu: float
    spans_kept: float  # the share of sentences whose spans are all there, of those that are translated
    ways: Mapping[str, int]
    reasons: Mapping[str, int]
    seconds: float


def _file(data: Path, source: str, target: str) -> Path:
    return data / f"quality-{source}-{target}.json"


def keep(quality: Quality, data: Path, source: str, target: str) -> None:
    """Keep what a test came to, in the place of an earlier one; raises OSError."""
    data.mkdir(parents=True, exist_ok=True)
    _file(data, source, target).write_bytes(orjson.dumps(asdict(quality), option=orjson.OPT_INDENT_2))


def kept(data: Path, source: str, target: str) -> Quality | None:
    """What the last test came to; None where there was none."""
    try:
        return Quality(**orjson.loads(_file(data, source, target).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
