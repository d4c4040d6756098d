"""Detects the language of a paper, from title and abstract together, and that of each of its sentences.

Formulas and links are removed first. Sentences are looked at because some papers have an abstract in two languages.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from papers.normalise.text import HAN
from papers.translations import Detected
from translation.spans.find import without

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(f"[{HAN}]")),
)
_LETTER = re.compile(r"[^\W\d_]")
# The least share of letters in a script that decides: texts in these languages quote many English names.
_LEAST_SHARE = 0.25
_LEAST_LETTERS = 20
_UNSPACED_SCRIPTS = frozenset(language for language, _ in _SCRIPTS)


@cache
def _langdetect() -> Any:
    import langdetect

    langdetect.DetectorFactory.seed = 0  # without it the same text can give another answer
    return langdetect


# Words that nearly every sentence of a language has, and hardly any sentence of another language.
_COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and is are was were we this that with for which our from by these can has have not on an it as",
        "fr": "le la les des une dans pour sur est nous que avec par qui du et sont cette ces aux",
        "de": "der die das und ist wir eine für mit von den des zu im wird werden nicht auf ein sich",
        "es": "el los las una para con por que del es en se como estos esta este su y más",
        "pt": "o os uma para com por que da do dos das em não é como este esta são no na",
        "it": "il lo gli una per con che della del dei di nel sono questo questa è e non le",
        "nl": "het een van en de voor met dat wij zijn op niet deze wordt",
        "pl": "w i z na się jest że oraz dla przez które są do",
    }.items()
}
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_COMMON = 2
_LETTERS_FOR_DETECTION = 60
_SURE = 0.95


def language_of(sentence: str, paper_language: str) -> str:
    """The language of one sentence of a paper in `paper_language`, which is also the answer in case of doubt."""
    prose = without(sentence)
    script = _of_script(prose)
    if script is not None:
        return script.language
    words = [word.lower() for word in _WORD.findall(prose)]
    counts = {language: sum(word in common_words for word in words) for language, common_words in _COMMON.items()}
    if paper_language in _UNSPACED_SCRIPTS:
        return "en" if len(words) >= _LEAST_COMMON else paper_language
    best = max(counts, key=lambda language: (counts[language], language == paper_language))
    if best != paper_language and counts[best] >= _LEAST_COMMON and counts[best] > 2 * counts.get(paper_language, 0):
        return best
    # langdetect takes a millisecond: it is asked only about sentences with letters that English does not have.
    is_short = len(_LETTER.findall(prose)) < _LETTERS_FOR_DETECTION
    if counts.get(paper_language, 0) or paper_language not in _COMMON or prose.isascii() or is_short:
        return paper_language
    detected = _of_words(prose)
    return detected.language if detected.confidence >= _SURE else paper_language


def detect(title: str | None, abstract: str | None) -> Detected:
    """The language of a paper, always the same for the same texts; English with confidence 0 without letters."""
    prose = without(f"{title or ''}. {abstract or ''}")
    letters = len(_LETTER.findall(prose))
    if not letters:
        return Detected("en", 0.0)
    if script := _of_script(prose):
        return script
    # A title alone counts as English: langdetect takes 31 of 700 English titles for another language, at times with
    # certainty; with their abstracts none of 1,538.
    if letters < _LEAST_LETTERS or not abstract:
        return Detected("en", 0.5)
    return _of_words(prose)


def _of_script(prose: str) -> Detected | None:
    """The language of a text in Japanese, Korean or Chinese script; None where too few letters are in one of them."""
    letters = len(_LETTER.findall(prose))
    for language, script in _SCRIPTS:
        share = len(script.findall(prose)) / max(letters, 1)
        # Japanese is mostly written in Han characters, with kana between them.
        if share >= (_LEAST_SHARE / 5 if language == "ja" else _LEAST_SHARE):
            return Detected(language, min(1.0, share * 2))
    return None


def _of_words(prose: str) -> Detected:
    """The best guess of langdetect; English with confidence 0 where it makes none."""
    try:
        best = _langdetect().detect_langs(prose)[0]
    except _langdetect().LangDetectException:
        return Detected("en", 0.0)
    return Detected(str(best.lang).split("-")[0], float(best.prob))
