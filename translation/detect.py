"""Which language a paper is in, decided over title and abstract together, and which each of its sentences, formulas
and links taken out. Papers of foreign authors often have an abstract in two languages.
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
# A text in one of these scripts quotes English names freely.
_SHARE = 0.25
_LEAST_LETTERS = 20
_UNSPACED_SCRIPTS = frozenset(language for language, _ in _SCRIPTS)


@cache
def _langdetect() -> Any:
    import langdetect

    langdetect.DetectorFactory.seed = 0  # else the same text gives other answers
    return langdetect


# Words that stand in nearly every sentence of a language, and hardly in one of another.
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


def language_of(sentence: str, paper: str) -> str:
    """The language of one sentence of a paper that is in the language `paper`, which it is in most of the time."""
    prose = without(sentence)
    script = _of_script(prose)
    if script is not None:
        return script.language
    words = [word.lower() for word in _WORD.findall(prose)]
    common = {language: sum(word in own for word in words) for language, own in _COMMON.items()}
    if paper in _UNSPACED_SCRIPTS:
        return "en" if len(words) >= _LEAST_COMMON else paper
    best = max(common, key=lambda language: (common[language], language == paper))
    if best != paper and common[best] >= _LEAST_COMMON and common[best] > 2 * common.get(paper, 0):
        return best
    # Looked at closely, which takes a millisecond, is only what has letters that English has not.
    is_short = len(_LETTER.findall(prose)) < _LETTERS_FOR_DETECTION
    if common.get(paper, 0) or paper not in _COMMON or prose.isascii() or is_short:
        return paper
    other = _of_words(prose)
    return other.language if other.confidence >= _SURE else paper


def detect(title: str | None, abstract: str | None) -> Detected:
    """The language of a paper. Deterministic; English, with confidence 0, where there are no words."""
    prose = without(f"{title or ''}. {abstract or ''}")
    letters = len(_LETTER.findall(prose))
    if not letters:
        return Detected("en", 0.0)
    if script := _of_script(prose):
        return script
    # A title alone is taken as English: of 700 English ones langdetect finds 31 to be something else, at times with
    # certainty; with their abstracts none of 1,538.
    if letters < _LEAST_LETTERS or not abstract:
        return Detected("en", 0.5)
    return _of_words(prose)


def _of_script(prose: str) -> Detected | None:
    """The language that its script shows; None where others share it."""
    letters = len(_LETTER.findall(prose))
    for language, script in _SCRIPTS:
        share = len(script.findall(prose)) / max(letters, 1)
        # Japanese is mostly written in Han characters, with kana between them.
        if share >= (_SHARE / 5 if language == "ja" else _SHARE):
            return Detected(language, min(1.0, share * 2))
    return None


def _of_words(prose: str) -> Detected:
    """What langdetect says; English, with confidence 0, where it says nothing."""
    try:
        best = _langdetect().detect_langs(prose)[0]
    except _langdetect().LangDetectException:
        return Detected("en", 0.0)
    return Detected(str(best.lang).split("-")[0], float(best.prob))
