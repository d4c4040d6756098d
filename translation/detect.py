"""Which language a paper is in, decided over title and abstract together, formulas and links taken out."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from papers.translations import Detected
from translation.spans import without

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
)
_LETTER = re.compile(r"[^\W\d_]")
# A text in one of these scripts quotes English names freely.
_SHARE = 0.25
_LEAST_LETTERS = 20


@cache
def _langdetect() -> Any:
    import langdetect

    langdetect.DetectorFactory.seed = 0  # else the same text gives other answers
    return langdetect


def detect(title: str | None, abstract: str | None) -> Detected:
    """The language of a paper. Deterministic; English, with confidence 0, where there are no words."""
    prose = without(f"{title or ''}. {abstract or ''}")
    letters = len(_LETTER.findall(prose))
    if not letters:
        return Detected("en", 0.0)
    for language, script in _SCRIPTS:
        share = len(script.findall(prose)) / letters
        # Japanese is mostly written in Han characters, with kana between them.
        if share >= (_SHARE / 5 if language == "ja" else _SHARE):
            return Detected(language, min(1.0, share * 2))
    # A title alone is taken as English: of 700 English ones langdetect finds 31 to be something else, at times with
    # certainty; with their abstracts none of 1,538.
    if letters < _LEAST_LETTERS or not abstract:
        return Detected("en", 0.5)
    try:
        best = _langdetect().detect_langs(prose)[0]
    except _langdetect().LangDetectException:
        return Detected("en", 0.0)
    return Detected(str(best.lang).split("-")[0], float(best.prob))
