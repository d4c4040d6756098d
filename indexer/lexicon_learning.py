"""Learns which Chinese and English terms mean the same, from sentences and their translations.

A pair is the better attested, the more often its two terms stand in the same pair of sentences and the less often one
stands without the other (Dice's coefficient).
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import regex

from indexer.analysis import EXACT, STEMMED, fold, terms
from indexer.function_words import CHINESE, ENGLISH
from indexer.lexicon import Entry

# A term must stand in so many sentences. Below, a chance meeting looks like a translation.
LEAST_SENTENCES = 2
LEAST_DICE = 0.25
LONGEST_CHINESE = 6
MOST_ENGLISH_WORDS = 3
MOST_OF_A_TERM = 3
# Of a term in more sentences than this, so many are looked at: they say as much as all.
_SAMPLED = 300
# Sentences, the latest first: learning from them takes about ten seconds and 300 MB.
MOST_SENTENCES = 20_000
# A part of a longer term that hardly ever stands without it is none by itself: 散模 of 扩散模型.
_PART_OF_A_LONGER = 0.8
_HAN = regex.compile(r"\p{Han}+")


def learn(pairs: Iterable[tuple[str, str]]) -> list[Entry]:
    """The entries that pairs of an English and a Chinese sentence attest, the best first."""
    english = _Terms()
    english_of: list[array[int]] = []
    places: dict[str, array[int]] = defaultdict(lambda: array("L"))
    for number, (source, target) in enumerate(islice(pairs, MOST_SENTENCES)):
        english_of.append(english.add(_english_terms(source)))
        for term in _chinese_terms(target):
            places[term].append(number)
    entries = [
        Entry(term, english.surface(key), dice, "learned")
        for term in _terms_by_themselves(places)
        for key, dice in _translations(places[term], english_of, english.counts)
    ]
    return sorted(entries, key=lambda entry: (-entry.weight, entry.chinese, entry.english))


class _Terms:
    """English terms as numbers: there are dozens in a sentence, and tuples of them all would not fit into memory."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, ...], int] = {}
        self._surfaces: list[Counter[str]] = []
        self.counts: list[int] = []  # in how many sentences each is

    def add(self, terms_of_sentence: Mapping[tuple[str, ...], str]) -> array[int]:
        """The keys of the terms of one more sentence."""
        keys = array("L")
        for stems, surface in terms_of_sentence.items():
            key = self._keys.setdefault(stems, len(self._keys))
            if key == len(self.counts):
                self.counts.append(0)
                self._surfaces.append(Counter())
            self.counts[key] += 1
            self._surfaces[key][surface] += 1
            keys.append(key)
        return keys

    def surface(self, key: int) -> str:
        """The words of a term as they are written most often."""
        return self._surfaces[key].most_common(1)[0][0]


def _english_terms(sentence: str) -> dict[tuple[str, ...], str]:
    """The stems of every run of up to MOST_ENGLISH_WORDS words, with the words; none begins or ends with a function
    word."""
    words, stems = terms(sentence, EXACT), terms(sentence, STEMMED)
    runs: dict[tuple[str, ...], str] = {}
    for start, word in enumerate(words):
        if word in ENGLISH or word.isdigit() or len(word) < 2:
            continue
        for end in range(start + 1, min(start + MOST_ENGLISH_WORDS, len(words)) + 1):
            if words[end - 1] not in ENGLISH and not words[end - 1].isdigit():
                runs[tuple(stems[start:end])] = " ".join(words[start:end])
    return runs


def _chinese_terms(sentence: str) -> set[str]:
    """Every run of 2 to LONGEST_CHINESE characters that neither begins nor ends with one that only joins words."""
    runs: set[str] = set()
    for run in _HAN.findall(fold(sentence)):
        for start in range(len(run) - 1):
            if run[start] in CHINESE:
                continue
            for end in range(start + 2, min(start + LONGEST_CHINESE, len(run)) + 1):
                if run[end - 1] not in CHINESE:
                    runs.add(run[start:end])
    return runs


def _terms_by_themselves(places: Mapping[str, Sequence[int]]) -> list[str]:
    """The Chinese terms that stand in enough sentences, without the parts of longer ones."""
    frequent = {term: len(numbers) for term, numbers in places.items() if len(numbers) >= LEAST_SENTENCES}
    covered = {
        part
        for term, count in frequent.items()
        for part in (term[1:], term[:-1])
        if count >= _PART_OF_A_LONGER * frequent.get(part, count + 1) and len(part) > 1
    }
    return [term for term in frequent if term not in covered]


def _translations(
    numbers: Sequence[int], english_of: Sequence[Sequence[int]], counts: Sequence[int]
) -> list[tuple[int, float]]:
    """The English terms that stand where a Chinese one does, with their Dice coefficients, the best first."""
    sample = numbers[:_SAMPLED]
    together: Counter[int] = Counter()
    for number in sample:
        together.update(english_of[number])
    share = len(numbers) / len(sample)
    dices = {
        key: min(1.0, 2 * count * share / (len(numbers) + counts[key]))
        for key, count in together.items()
        if count >= LEAST_SENTENCES
    }
    best = sorted(dices, key=lambda key: (-dices[key], key))
    return [(key, dices[key]) for key in best[:MOST_OF_A_TERM] if dices[key] >= LEAST_DICE]
