"""Translates a text that is not in the catalogue, sentence by sentence."""

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

# Detection only guesses the language of a shorter text: it counts as English, unless its script shows another one.
LETTERS_TO_DETECT = 60
# The limit of a text in the catalogue. What is longer is left untranslated, with `Reason.TOO_LONG`.
MOST_CHARACTERS = LONGEST["abstract"]


@dataclass(frozen=True, slots=True)
class ByHand:
    """The sentences of a text with their translations, the language that it was translated from, and the model."""

    sentences: tuple[Protected, ...]
    language: str
    confidence: float
    model: str | None  # None where the text is in the target language already


def by_hand(text: str, translator: Translator, source: str | None = None) -> ByHand:
    """Translate a text from the language `source`, by default the detected one, into the translator's.

    Raises NoPackage where no package translates from that language. Sentences in a further language without a package
    come back untranslated, with a reason.
    """
    language, confidence = (source, 1.0) if source else _language(text, translator)
    text, remainder = text[:MOST_CHARACTERS], text[MOST_CHARACTERS:].strip()
    sentences = split(text)
    beyond = (Protected(remainder, None, Strategy.KEPT, Reason.TOO_LONG),) if remainder else ()
    if language == translator.to:
        unchanged = tuple(Protected(sentence, sentence, Strategy.KEPT) for sentence in sentences)
        return ByHand(unchanged + beyond, language, confidence, None)
    model = translator.engine(language).name  # raises NoPackage
    languages = [language if source else language_of(sentence, language) for sentence in sentences]
    answers: dict[int, Protected] = {}
    for sentence_language in dict.fromkeys(languages):
        numbers = [number for number, code in enumerate(languages) if code == sentence_language]
        answers |= dict(
            zip(numbers, _translated([sentences[n] for n in numbers], sentence_language, translator), strict=True)
        )
    return ByHand(tuple(answers[number] for number in range(len(sentences))) + beyond, language, confidence, model)


def _language(text: str, translator: Translator) -> tuple[str, float]:
    language, confidence = detect(None, text)  # as an abstract: a title alone counts as English
    is_known = language == translator.to or language in translator.sources
    is_short = sum(character.isalpha() for character in text) < LETTERS_TO_DETECT
    if not is_known or (is_short and text.isascii()):
        return "en", 0.5
    return language, confidence


def _translated(sentences: Sequence[str], language: str, translator: Translator) -> list[Protected]:
    if language == translator.to:
        return [Protected(sentence, sentence, Strategy.KEPT) for sentence in sentences]
    try:
        return translator.translate([Request(sentence) for sentence in sentences], language)
    except NoPackage:
        return [Protected(sentence, None, Strategy.KEPT, Reason.NO_PACKAGE) for sentence in sentences]
