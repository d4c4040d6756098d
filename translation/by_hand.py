"""A text that is in no catalogue, translated sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from papers.paper import LONGEST
from translation.detect import detect, language_of
from translation.engine import Translator
from translation.judge.reasons import Reason
from translation.packages import NoPackage
from translation.protect import Protected, Request, Strategy
from translation.sentences import split

# Of a shorter text detection is a guess: it is English, unless its script says otherwise.
LETTERS_TO_DETECT = 60
# As many as a text of the catalogue has at most; what is beyond stays as it is, and is said.
MOST_CHARACTERS = LONGEST["abstract"]


@dataclass(frozen=True, slots=True)
class ByHand:
    """A text's sentences with their translations, the language that it was taken to be in, and the model."""

    sentences: tuple[Protected, ...]
    language: str
    confidence: float
    model: str | None  # None where it is in the target language already


def by_hand(text: str, translator: Translator, source: str | None = None) -> ByHand:
    """Translate a text in the language `source`, by default the one that it is found to be in; raises NoPackage where
    no package translates from it."""
    language, confidence = (source, 1.0) if source else _language(text, translator)
    text, rest = text[:MOST_CHARACTERS], text[MOST_CHARACTERS:].strip()
    sentences = split(text)
    beyond = (Protected(rest, None, Strategy.KEPT, Reason.TOO_LONG),) if rest else ()
    if language == translator.to:
        return ByHand(
            tuple(Protected(one, one, Strategy.KEPT) for one in sentences) + beyond, language, confidence, None
        )
    model = translator.engine(language).name  # raises NoPackage
    languages = [language if source else language_of(one, language) for one in sentences]
    answers: dict[int, Protected] = {}
    for own in dict.fromkeys(languages):
        numbers = [number for number, one in enumerate(languages) if one == own]
        answers |= dict(zip(numbers, _translated([sentences[n] for n in numbers], own, translator), strict=True))
    return ByHand(tuple(answers[number] for number in range(len(sentences))) + beyond, language, confidence, model)


def _language(text: str, translator: Translator) -> tuple[str, float]:
    language, confidence = detect(None, text)  # no title, which alone would be taken as English
    is_known = language == translator.to or language in translator.sources
    is_short = sum(character.isalpha() for character in text) < LETTERS_TO_DETECT
    if not is_known or (is_short and text.isascii()):
        return "en", 0.5
    return language, confidence


def _translated(sentences: Sequence[str], language: str, translator: Translator) -> list[Protected]:
    if language == translator.to:
        return [Protected(one, one, Strategy.KEPT) for one in sentences]
    try:
        return translator.translate([Request(one) for one in sentences], language)
    except NoPackage:
        return [Protected(one, None, Strategy.KEPT, Reason.NO_PACKAGE) for one in sentences]
