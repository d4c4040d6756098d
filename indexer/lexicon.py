"""The lexicon: Chinese terms and the English ones that mean the same, with how well each pair is attested.

The words of `papers.dictionary` are its base. `paperglot lexicon` adds, in `lexicon.tsv` of the data folder, what is
learned from the translations, and the glossary on top. A search that finds too little in its own language looks for the
translations of its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.analysis import STEMMED, fold, terms
from papers import dictionary, files
from papers.errors import PaperglotError

FILE = "lexicon.tsv"
_HEADER = "# Paperglot's lexicon, version 1: Chinese, English, weight from 0 to 1, where from"
MOST_TRANSLATIONS = 6
# A word of the dictionary counts less than what was learned, and its first translation the most.
_OF_DICTIONARY = 0.5


class LexiconDamaged(PaperglotError):
    """Raised by `load`: the file is not one that `paperglot lexicon` wrote."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"The lexicon {file} cannot be read: run 'paperglot lexicon' to make it anew.")


class Entry(NamedTuple):
    """A pair of terms. The weight is 1 for what a person has said, less for what was learned."""

    chinese: str
    english: str
    weight: float
    source: str  # glossary, learned, file


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by their translations, the best first. Empty: nothing is known."""

    english: Mapping[str, Sequence[str]] = field(default_factory=dict)  # Chinese → English
    chinese: Mapping[tuple[str, ...], Sequence[str]] = field(default_factory=dict)  # English stems → Chinese
    longest: int = 0  # of a Chinese term, in characters
    most_words: int = 0  # of an English term

    def __bool__(self) -> bool:
        return bool(self.english)

    def words_of(self, run: str) -> list[str]:
        """A run of Chinese cut into terms of the lexicon, the longest first from the left, and what lies between."""
        pieces: list[str] = []
        folded, start, place = fold(run), 0, 0
        while place < len(run):
            size = next(
                (size for size in range(min(self.longest, len(run) - place), 1, -1)
                 if folded[place : place + size] in self.english),
                0,
            )  # fmt: skip
            if size:
                pieces += [run[start:place]] if start < place else []
                pieces.append(run[place : place + size])
                start = place + size
            place += size or 1
        return [*pieces, run[start:]] if start < len(run) else pieces

    def in_english(self, term: str) -> Sequence[str]:
        return self.english.get(fold(term), ())

    def in_chinese(self, stems: tuple[str, ...]) -> Sequence[str]:
        return self.chinese.get(stems, ())


EMPTY = Lexicon()


def of_entries(entries: Iterable[Entry]) -> Lexicon:
    """The lexicon of these entries. What a person has said of a term goes before what was learned."""
    english: dict[str, dict[str, float]] = defaultdict(dict)
    chinese: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for entry in entries:
        stems = tuple(terms(entry.english, STEMMED))
        term = fold(entry.chinese)
        if stems and len(term) > 1:
            english[term][entry.english] = max(entry.weight, english[term].get(entry.english, 0))
            chinese[stems][entry.chinese] = max(entry.weight, chinese[stems].get(entry.chinese, 0))
    return Lexicon(
        {term: _best(weights) for term, weights in english.items()},
        {stems: _best(weights) for stems, weights in chinese.items()},
        max(map(len, english), default=0),
        max(map(len, chinese), default=0),
    )


def _best(weights: Mapping[str, float]) -> tuple[str, ...]:
    ordered = sorted(weights, key=lambda term: (-weights[term], term))
    of_people = [term for term in ordered if weights[term] == 1]
    return tuple((of_people or ordered)[:MOST_TRANSLATIONS])


@cache
def base() -> Lexicon:
    """The lexicon of the dictionary alone."""
    return of_entries(_base_entries())


def _base_entries() -> list[Entry]:
    return [
        Entry(chinese, english, _OF_DICTIONARY / (1 + place), "dictionary")
        for english, translations in dictionary.words().items()
        for place, chinese in enumerate(translations)
    ]


def load(folder: Path | None) -> Lexicon:
    """The lexicon of a data folder: its file upon the dictionary, which stands alone if there is no file. Raises
    LexiconDamaged."""
    file = folder / FILE if folder else None
    try:
        return _load(file, file.stat().st_mtime_ns) if file else base()
    except FileNotFoundError:
        return base()


@lru_cache(maxsize=2)
def _load(file: Path, changed_at: int) -> Lexicon:
    return of_entries([*_base_entries(), *read(file)])


def read(file: Path) -> list[Entry]:
    """The entries of a file. Raises LexiconDamaged, and OSError where it cannot be opened."""
    try:
        lines = file.read_text("utf-8").splitlines()
        if not lines or lines[0] != _HEADER:
            raise LexiconDamaged(file)
        rows = [line.split("\t") for line in lines[1:]]
        return [Entry(chinese, english, float(weight), source) for chinese, english, weight, source in rows]
    except (UnicodeDecodeError, ValueError) as error:
        raise LexiconDamaged(file) from error


def write(folder: Path, entries: Sequence[Entry]) -> Path:
    """Put the entries into the lexicon of a data folder, in the place of the one before; returns the file."""
    lines = [_HEADER, *(f"{e.chinese}\t{e.english}\t{e.weight:.3f}\t{e.source}" for e in entries)]
    file = folder / FILE
    files.replace(file, ("\n".join(lines) + "\n").encode())
    return file
