"""Reads CC-CEDICT, a Chinese-English dictionary that anybody may add: its data is under CC BY-SA 4.0."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from indexer.lexicon import Entry
from papers.errors import UsageError

# "擴散 扩散 [kuo4 san4] /to spread/to proliferate/diffusion/"
_LINE = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.+)/")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LEADING = re.compile(r"^(?:to be|to|a|an|the)\s+")
_WEIGHT = 0.2
_MOST_WORDS = 3
_LONGEST_TERM = 6


class BadDictionary(UsageError):
    """Raised by `read`: the file cannot be read, or is not CC-CEDICT."""


def read(file: Path) -> list[Entry]:
    """The terms of two to six characters that have an English equivalent of up to three words. Raises BadDictionary."""
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadDictionary(f"The dictionary {file} cannot be read: {error}.") from error
    entries = [entry for line in text.splitlines() if not line.startswith("#") for entry in _entries(line)]
    if not entries:
        raise BadDictionary(
            f"The dictionary {file} has no line of CC-CEDICT, such as '擴散 扩散 [kuo4 san4] /diffusion/'."
        )
    return entries


def _entries(line: str) -> list[Entry]:
    match = _LINE.fullmatch(line.strip())
    if match is None or not 1 < len(match[1]) <= _LONGEST_TERM:
        return []
    senses = (_LEADING.sub("", " ".join(_ASIDE.sub(" ", sense).split())) for sense in match[2].split("/"))
    fitting = [sense for sense in senses if sense and len(sense.split()) <= _MOST_WORDS and sense.isascii()]
    return [
        Entry(match[1], sense, _WEIGHT / (1 + place), "file")
        for place, sense in enumerate(dict.fromkeys(fitting))
        if ":" not in sense
    ]
