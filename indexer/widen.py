"""What is looked for where a search finds too little: a Chinese run in its words, most of the words, the words in the
other language."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import regex

from indexer.analysis import STEMMED, terms
from indexer.function_words import ENGLISH
from indexer.lexicon import Lexicon
from indexer.query.tree import And, AtLeast, Or, Phrase, Query, Word
from indexer.query.words import runs

_HAN = regex.compile(r"\p{Han}+")
# Of the pairs of characters in a run, so many must stand in a paper: at a joint of two words none need stand.
PAIRS_NEEDED = 2 / 3
# Of several words: most, and at least some. Of those that are translated.
MOST_NEEDED = 2 / 3
SOME_NEEDED = 1 / 3
TRANSLATED_NEEDED = 1 / 2


def is_run(text: str) -> bool:
    """Whether a word is a run of Chinese that may be several words."""
    return len(text) > 2 and bool(_HAN.fullmatch(text))


def in_words(run: str, lexicon: Lexicon) -> Query:
    """A run of Chinese that stands nowhere as it is: all of its words that the lexicon knows, and of what lies between
    them about two thirds of the pairs of characters."""
    parts = _parts_of(run, lexicon)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _parts_of(run: str, lexicon: Lexicon) -> list[Query]:
    """The words of a run that the lexicon knows, each once, and one condition for all that lies between them."""
    words: list[Query] = []
    pairs: list[Query] = []
    for piece in lexicon.words_of(run) if lexicon else [run]:
        if lexicon.in_english(piece):
            words.append(Word(piece))
        else:
            pairs += [Word(piece[place : place + 2]) for place in range(len(piece) - 1)]
    unique_pairs = tuple(dict.fromkeys(pairs))
    between = [AtLeast(max(1, round(PAIRS_NEEDED * len(unique_pairs))), unique_pairs)] if unique_pairs else []
    return [*dict.fromkeys(words), *between] or [Word(run)]


def some_words(words: Sequence[Query], texts: Sequence[str], lexicon: Lexicon, share: float) -> Query | None:
    """About this share of the words, but not all of them; None if there are too few for that. Words that say nothing
    about a paper are left out, and the words of a run of Chinese count one by one."""
    chosen: list[Query] = []
    for word, text in zip(words, texts, strict=True):
        if is_run(text):
            chosen += _parts_of(text, lexicon)
        elif text.lower() not in ENGLISH:
            chosen.append(word)
    unique_words = tuple(dict.fromkeys(chosen))
    count = len(unique_words)
    return AtLeast(max(1, min(round(share * count), count - 1)), unique_words) if count > 1 else None


def translated(texts: Sequence[str], lexicon: Lexicon) -> Query | None:
    """The words of a search in the other language; None if the lexicon knows none of them."""
    if not lexicon:
        return None
    pieces = [piece for text in texts for run in runs(text) for piece in _pieces(run, lexicon)]
    groups = [translations for piece in pieces if (translations := _translations(piece, lexicon))]
    groups += _english_groups(texts, lexicon)
    if not groups:
        return None
    other_words = (
        [Word(text) for text in texts for text in runs(text) if not _HAN.search(text)] if has_chinese(texts) else []
    )
    parts = tuple(dict.fromkeys([*groups, *other_words]))
    return AtLeast(max(1, ceil(TRANSLATED_NEEDED * len(parts))), parts)


def has_chinese(texts: Sequence[str]) -> bool:
    """Whether there are Chinese characters in these words."""
    return any(_HAN.search(text) for text in texts)


def _pieces(run: str, lexicon: Lexicon) -> list[str]:
    return lexicon.words_of(run) if _HAN.fullmatch(run) else []


def _translations(term: str, lexicon: Lexicon) -> Query | None:
    phrases = tuple(Word(english) if " " not in english else Phrase(english) for english in lexicon.in_english(term))
    return phrases[0] if len(phrases) == 1 else Or(phrases) if phrases else None


def _english_groups(texts: Sequence[str], lexicon: Lexicon) -> list[Query]:
    """The Chinese for English words, the longest terms first."""
    stems = [stem for text in texts if not _HAN.search(text) for stem in terms(text, STEMMED)]
    groups: list[Query] = []
    place = 0
    while place < len(stems):
        for size in range(min(lexicon.most_words, len(stems) - place), 0, -1):
            if chinese := lexicon.in_chinese(tuple(stems[place : place + size])):
                groups.append(Or(tuple(map(Word, chinese))) if len(chinese) > 1 else Word(chinese[0]))
                place += size
                break
        else:
            place += 1
    return groups
