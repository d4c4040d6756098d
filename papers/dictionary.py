"""The dictionary: English content words of abstracts, and the Chinese that each may become.

Translations are checked by it (`translation.lexicon`), and searches find papers in the other language by it
(`indexer.lexicon`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("dictionary.en-zh.tsv")


@cache
def words() -> dict[str, tuple[str, ...]]:
    """English word → its possible Chinese translations, the usual one first."""
    pairs = (line.split("\t") for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {english: tuple(chinese.split("|")) for english, chinese in pairs}
