"""Queries for known papers, made by rule: what somebody types who has seen the paper and remembers some of it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from indexer.documents import Document
from indexer.function_words import ENGLISH

_WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+)+")


class Known(NamedTuple):
    """A query, the paper that it is for, and what kind of memory it stands for."""

    kind: str
    text: str
    id: str


def made_queries(papers: Sequence[Document], seed: int = 7, each: int = 24) -> list[Known]:
    """About `each` queries of every kind for some of these papers."""
    chance = random.Random(seed)
    counts = Counter(word for paper in papers for word in set(_words(_all(paper))))
    queries: list[Known] = []
    for kind, make in _KINDS.items():
        made = 0
        for paper in chance.sample(papers, len(papers)):
            text = make(paper, chance, counts)
            if text:
                queries.append(Known(kind, text, paper.id))
                made += 1
            if made == each:
                break
    return queries


def _all(paper: Document) -> str:
    return f"{paper.title.get('en', '')} {paper.abstract.get('en', '')}"


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in ENGLISH]


def _title_words(paper: Document) -> list[str]:
    return list(dict.fromkeys(_words(paper.title.get("en", ""))))


def _part_of_title(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    words = paper.title.get("en", "").split()
    if len(words) < 5:
        return ""
    size = chance.randint(3, 5)
    start = chance.randint(0, len(words) - size)
    part = words[start : start + size]
    return " ".join(part) if len(_words(" ".join(part))) > 1 else ""


def _three_words(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    words = _title_words(paper)
    return " ".join(chance.sample(words, 3)) if len(words) > 3 else ""


def _and_a_wrong_word(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    three = _three_words(paper, chance, counts)
    wrong = chance.choice([word for word in sorted(counts) if counts[word] > 1 and word not in _all(paper).lower()])
    return f"{three} {wrong}" if three else ""


def _misspelt(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    words = _three_words(paper, chance, counts).split()
    long_words = [word for word in words if len(word) > 5 and "-" not in word]
    if not long_words:
        return ""
    word = chance.choice(long_words)
    place = chance.randint(1, len(word) - 3)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(swapped if other == word else other for other in words) if swapped != word else ""


def _family(name: str) -> str:
    return name.split()[-1]


def _with_author(form: Callable[[str], str]) -> Callable[[Document, random.Random, Counter[str]], str]:
    def make(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
        authors = [name for name in paper.authors if _PLAIN_NAME.fullmatch(name) and len(_family(name)) > 1]
        words = _title_words(paper)
        return f"{form(chance.choice(authors))} {chance.choice(words)}" if authors and words else ""

    return make


def _initial_and_family(name: str) -> str:
    return f"{name[0]}. {_family(name)}"


def _two_families(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    families = list(dict.fromkeys(_family(name) for name in paper.authors if _PLAIN_NAME.fullmatch(name)))
    return " ".join(chance.sample(families, 2)) if len(families) > 1 else ""


def _without_accents(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    accented = [_family(name) for name in paper.authors if not _family(name).isascii()]
    words = _title_words(paper)
    if not accented or not words:
        return ""
    decomposed = unicodedata.normalize("NFKD", chance.choice(accented))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return f"{plain} {chance.choice(words)}" if plain.isascii() else ""


def _of_abstract(size: int, *, rare: bool) -> Callable[[Document, random.Random, Counter[str]], str]:
    def make(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
        words = list(dict.fromkeys(_words(paper.abstract.get("en", ""))))
        if rare:
            words = sorted(words, key=lambda word: (counts[word], word))[: 2 * size]
        return " ".join(chance.sample(words, size)) if len(words) >= size else ""

    return make


def _pasted(text_of: Callable[[Document], str]) -> Callable[[Document, random.Random, Counter[str]], str]:
    return lambda paper, chance, counts: text_of(paper)


def _chinese_title_part(paper: Document, chance: random.Random, counts: Counter[str]) -> str:
    runs = [run for run in re.findall("[\u4e00-\u9fff]+", paper.title.get("zh", "")) if len(run) > 5]
    if not runs:
        return ""
    run = chance.choice(runs)
    start = chance.randint(0, len(run) - 5)
    return run[start : start + 5]


def _kinds() -> Iterator[tuple[str, Callable[[Document, random.Random, Counter[str]], str]]]:
    yield "title-part", _part_of_title
    yield "three-words", _three_words
    yield "wrong-word", _and_a_wrong_word
    yield "misspelt", _misspelt
    yield "family-word", _with_author(_family)
    yield "initial-family-word", _with_author(_initial_and_family)
    yield "two-families", _two_families
    yield "no-accents", _without_accents
    yield "seven-of-abstract", _of_abstract(7, rare=False)
    yield "four-rare", _of_abstract(4, rare=True)
    yield "title", _pasted(lambda paper: paper.title.get("en", ""))
    yield "abstract", _pasted(lambda paper: paper.abstract.get("en", ""))
    yield "chinese-title-part", _chinese_title_part


_KINDS = dict(_kinds())
