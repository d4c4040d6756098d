"""Keywords of an English text: the phrases of content words that it says most, and says in its title."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from indexer import function_words
from papers.normalise import formulas
from translation import glossary
from translation.glossary import Term

MOST_KEYWORDS = 6
_MOST_WORDS = 3
_IN_TITLE, _IN_ABSTRACT = 2.0, 1.0
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'’][A-Za-z0-9]+)*|[^\sA-Za-z]")
# Words that are part of no keyword: verbs and adverbs of abstracts, and words that stand in every other abstract.
_NEVER = function_words.ENGLISH | set(
    """paper work study article approach method methods methodology result results problem problems show shows showing
    shown propose proposes proposed present presents presented introduce introduces introduced new novel based
    different several various important significant significantly experiments experiment demonstrate demonstrates
    demonstrated achieve achieves achieved improve improves improved improving existing previous recent recently
    state-of-the-art performance well large small high low better best good first second third two three four five one
    many much further provide provides provided find finds found given known general specific particular case cases use
    uses number set sets time order obtain obtained develop developed investigate investigated consider considered
    effect effects way ways analysis data model models system systems task tasks framework code available github https
    http www com arxiv called namely etc e.g i.e vs respectively without within across around against among through
    often usually typically moreover furthermore therefore hence thus specifically finally additionally since because
    although despite whether where here there yet rather even every allow allows allowing enable enables lead leads
    require requires required reach reaches remain remains become becomes make makes made take takes taken give gives
    hold holds say says see seen like up down out off per according due able need needs needed question questions answer
    answers same similar following related certain full whole long short simple strong weak total main key real
    percent points times average respect terms sense fact kind type types form part parts level levels
    evidence toward towards under after before during again once twice above below between your nobody""".split()
)
_VERB = re.compile(r".*(?:ly|ing|ed|ise|ize|ises|izes)$")
# Words in -ing that end a term.
_FIELDS_IN_ING = frozenset(
    """learning training clustering processing modeling modelling sampling coding scheduling planning reasoning tuning
    fine-tuning rendering imaging sensing matching pruning mining splitting computing encoding tracking testing scaling
    programming engineering parsing lensing forecasting driving mapping hashing ranking filtering trading fuzzing
    coupling embedding""".split()
)


def keywords(title: str, abstract: str, categories: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The keywords of an English paper, the best first, as the paper writes them.

    They are terms of the glossary in its fields, phrases of the title, and what the abstract says twice. A word that
    occurs once, or one without a neighbour that is no name and no term, says too little.
    """
    written: dict[str, str] = {}  # in lower case → as it is written
    weights: dict[str, float] = defaultdict(float)
    for phrase in _phrases(title):
        if " " in phrase or "-" in phrase or not (phrase.islower() or phrase.istitle()):
            weights[phrase.lower()] += _IN_TITLE
            written[phrase.lower()] = phrase.lower() if phrase.istitle() else phrase
    counts = Counter(phrase.lower() for phrase in _phrases(abstract))
    for phrase in _phrases(abstract):
        if phrase.lower() in weights or (counts[phrase.lower()] > 1 and (" " in phrase or not phrase.islower())):
            written[phrase.lower()] = phrase
            weights[phrase.lower()] += _IN_ABSTRACT
    for phrase in (*_phrases(title), *_phrases(abstract)):
        for part in _parts(phrase):
            term = _terms().get(part.lower())
            if term and term.holds_in(categories):
                weights[part.lower()] += _IN_ABSTRACT
                written.setdefault(part.lower(), part.lower() if part.istitle() else part)
    chosen: list[str] = []
    for key in sorted(weights, key=lambda each: (-weights[each] - 0.1 * len(each.split()), each)):
        if len(chosen) < MOST_KEYWORDS and not any(_overlap(key, other) for other in chosen):
            chosen.append(key)
    return tuple(written[key] for key in chosen)


def _parts(phrase: str) -> Iterator[str]:
    """The phrase, and all shorter runs of its words."""
    words = phrase.split()
    return (" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1))


@cache
def _terms() -> Mapping[str, Term]:
    return glossary.load("en-zh").terms


def _phrases(text: str) -> Iterator[str]:
    """Runs of content words, cut where a function word, a sign or a formula stands between; each once as a whole, and
    its last two words where it is longer."""
    run: list[str] = []
    for word in (*_WORD.findall(_without_formulas(text)), "."):
        if word[0].isalpha() and word.lower() not in _NEVER and len(word) > 1:
            run.append(word)
            continue
        run = _trimmed(run)
        if 0 < len(run) <= _MOST_WORDS:
            yield " ".join(run)
        if len(run) > 2:
            yield " ".join(run[-2:])
        run = []


def _without_formulas(text: str) -> str:
    for start, end, _ in reversed(formulas.find(text)):
        text = f"{text[:start]} . {text[end:]}"
    return text


def _trimmed(run: list[str]) -> list[str]:
    """Without adverbs and verbs at its ends."""
    while run and _VERB.search(run[-1]) and run[-1].lower() not in _FIELDS_IN_ING:
        run = run[:-1]
    while run and (run[0].endswith("ly") or _VERB.fullmatch(run[0])):
        run = run[1:]
    return run


def _overlap(phrase: str, other: str) -> bool:
    return bool(set(phrase.split()) <= set(other.split()) or set(other.split()) <= set(phrase.split()))
