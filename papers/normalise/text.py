"""Titles, abstracts and comments: one line of Unicode text, formulas as they were.

`clean` is called for every text of every source, three million times in an import: each step first
looks, cheaply, whether there is anything for it to do.
"""

from __future__ import annotations

import re
import unicodedata

from papers.normalise.tex import to_unicode

# A tag or an entity with a name; "a < b" and "R&D" are neither. Two patterns, each with a first character that
# the text is searched for at the speed of the machine.
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
# Line breaks and other blanks become a blank before this removes what is left of the control characters.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")


def clean(text: str | None) -> str | None:
    """`text` on one line, without markup, entities, TeX accents and stray control characters, in NFC.

    None where nothing is left. `$…$` and macros that are not accents stay as they are.
    """
    if not text:
        return None
    if _has_markup(text):
        text = _without_markup(text)
    if "\\" in text or "~" in text:
        text = to_unicode(text)
    text = " ".join(text.split())
    if not text.isascii():
        if not text.isprintable():
            text = " ".join(_UNPRINTABLE.sub("", text).split())
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    elif not text.isprintable():
        text = " ".join(_UNPRINTABLE.sub("", text).split())
    return text or None


def _has_markup(text: str) -> bool:
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def _without_markup(text: str) -> str:
    import warnings

    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        # Entities are often escaped twice ("&amp;lt;"): once more where the first pass uncovered some.
        once = BeautifulSoup(text, "lxml").get_text()
        return BeautifulSoup(once, "lxml").get_text() if _has_markup(once) else once


def language_by_script(text: str) -> str:
    """`zh` where at least a third of the letters are Han characters, else `en`.

    What a source sends is nearly always English; this only keeps the two apart that no tokenizer
    confuses. Telling languages of one script apart is the translation room's work.
    """
    if text.isascii():
        return "en"
    han = len(_HAN.findall(text))
    return "zh" if han and han * 3 >= len(_LETTER.findall(text)) else "en"
