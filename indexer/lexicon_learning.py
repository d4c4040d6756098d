"""Learns which Chinese and English terms mean the same, from sentences and their translations.

A pair is the better attested, the more often its two terms stand in the same pair of sentences and the less often one
stands without the other (Dice's coefficient).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

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
# Sentences, the latest first: learning from them takes about half a minute.
MOST_SENTENCES = 60_000
# A part of a longer term that hardly ever stands without it is none by itself: 散模 of 扩散模型.
_PART_OF_A_LONGER = 0.8
_HAN = regex.compile(r"\p{Han}+")


def learn(pairs: Iterable[tuple[str, str]]) -> list[Entry]:
    """The entries that pairs of an English and a Chinese sentence attest, the best first."""
    sentences = [(_english_terms(english), _chinese_terms(chinese)) for english, chinese in _limited(pairs)]
    places: dict[str, list[int]] = defaultdict(list)
    english_counts: Counter[tuple[str, ...]] = Counter()
    surfaces: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for number, (english, chinese) in enumerate(sentences):
        english_counts.update(english.keys())
        for stems, surface in english.items():
            surfaces[stems][surface] += 1
        for term in chinese:
            places[term].append(number)
    entries = [
        Entry(term, surfaces[stems].most_common(1)[0][0], dice, "learned")
        for term in _terms_by_themselves(places, len(sentences))
        for stems, dice in _translations(places[term], [e for e, _ in sentences], english_counts)
    ]
    return sorted(entries, key=lambda entry: (-entry.weight, entry.chinese, entry.english))


def _limited(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for number, pair in enumerate(pairs):
        if number == MOST_SENTENCES:
            return
        yield pair


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
    found: set[str] = set()
    for run in _HAN.findall(fold(sentence)):
        for start in range(len(run) - 1):
            if run[start] in CHINESE:
                continue
            for end in range(start + 2, min(start + LONGEST_CHINESE, len(run)) + 1):
                if run[end - 1] not in CHINESE:
                    found.add(run[start:end])
    return found


def _terms_by_themselves(places: Mapping[str, list[int]], sentences: int) -> list[str]:
    """The Chinese terms that stand in enough sentences, without the parts of longer ones."""
    frequent = {term: len(numbers) for term, numbers in places.items() if len(numbers) >= LEAST_SENTENCES}
    covered: set[str] = set()
    for term, count in frequent.items():
        for part in (term[1:], term[:-1]):
            if count >= _PART_OF_A_LONGER * frequent.get(part, count + 1) and len(part) > 1:
                covered.add(part)
    return [term for term in frequent if term not in covered or len(term) == LONGEST_CHINESE]


def _translations(
    numbers: list[int], english: list[dict[tuple[str, ...], str]], counts: Mapping[tuple[str, ...], int]
) -> list[tuple[tuple[str, ...], float]]:
    """The English terms that stand where a Chinese one does, with their Dice coefficients, the best first."""
    sample = numbers[:_SAMPLED]
    together: Counter[tuple[str, ...]] = Counter()
    for number in sample:
        together.update(english[number].keys())
    share = len(numbers) / len(sample)
    dices = {
        stems: min(1.0, 2 * count * share / (len(numbers) + counts[stems]))
        for stems, count in together.items()
        if count >= LEAST_SENTENCES
    }
    best = sorted(dices, key=lambda stems: (-dices[stems], len(stems), stems))
    return [(stems, dices[stems]) for stems in best[:MOST_OF_A_TERM] if dices[stems] >= LEAST_DICE]
