"""Titles, abstracts and comments: one line of Unicode text, formulas as they were.

A parser knows which form a field has. `clean` takes plain text in which authors may have typed TeX, as JSON, the
snapshot and the decoded text of a page hold it: nothing is lost, and `a < b` or `<think>` are words like others.
`from_html` takes a fragment of HTML. Both take out the few tags that authors type into abstracts as if these were web
pages.

`clean` is called for every text of every source, three million times in an import: each step first looks, cheaply,
whether there is anything for it to do.
"""

from __future__ import annotations

import re
import unicodedata

from papers.normalise.tex import in_prose, to_unicode

# HTML tags that authors type, only where they come in pairs: "H<sub>2</sub>O". Anything else between < and > is text.
_PAIRED = "sub|sup|i|b|em|strong|p|a|span"
_ELEMENT = re.compile(
    rf"""<(?P<tag>{_PAIRED})(?:\s+[a-z-]+=(?:"[^"<>]*"|'[^'<>]*'))*\s*>(?P<inside>[^<>]*)</(?P=tag)\s*>""",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NESTED_TAGS = 4
# Line breaks and other blanks become a blank before this removes what is left of the control characters, soft hyphens
# and the marks that change the direction of what follows.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Most names and many titles match this, and need no change.
_SHORT = 80
_PLAIN = re.compile(r"[A-Za-z0-9 .,:;'()+/-]*")
# Chinese characters, to be put between the brackets of a regular expression.
HAN = r"\u3400-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")


def clean(text: str | None) -> str | None:
    """Plain text on one line, with TeX accents and signs outside of formulas as letters, in NFC.

    None where nothing is left. `$…$` and macros that are neither accents nor signs stay as they are.
    """
    if not text:
        return None
    text = one_line = " ".join(text.split())
    if len(text) <= _SHORT and _PLAIN.fullmatch(text):
        return text or None
    if "<" in text and ">" in text:
        text = in_prose(text, _without_tags)
    if "\\" in text or "~" in text or (not text.isascii() and ("{" in text or "$" in text)):
        text = to_unicode(text)
    if not text.isprintable():
        text = _UNPRINTABLE.sub("", text)
    if not text.isascii():
        if _LIGATURE.search(text):
            text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    # Where something was taken out, two blanks may be left, or one at an end.
    if text is not one_line:
        text = " ".join(text.split())
    return text or None


def _without_tags(prose: str) -> str:
    if "<" not in prose:
        return prose
    prose = _BREAK.sub(" ", prose)
    for _ in range(_NESTED_TAGS):
        before = prose
        prose = _ELEMENT.sub(_unwrapped, prose)
        if prose == before:
            break
    return prose


def _unwrapped(match: re.Match[str]) -> str:
    inside = match["inside"]
    if match["tag"].lower() == "p":
        return f" {inside} "
    # "Use <b> as begin token and </b> as end token" is about tags.
    return inside if inside == inside.strip() else match[0]


def from_html(fragment: str | None) -> str | None:
    """A fragment of HTML as `clean` text: entities decoded once, tags taken out, breaks as blanks."""
    if not fragment:
        return None
    if "<" not in fragment and "&" not in fragment:
        return clean(fragment)
    import warnings

    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(fragment, "lxml")
    for line_break in soup.find_all("br"):
        line_break.replace_with(" ")
    return clean(soup.get_text())


def language_by_script(text: str) -> str:
    """`zh` where at least a third of the letters are Han characters, else `en`.

    What a source sends is nearly always English; this only tells English and Chinese apart, by their script.
    The translation package detects languages that share a script.
    """
    if text.isascii():
        return "en"
    han = len(_HAN.findall(text))
    return "zh" if han and han * 3 >= len(_LETTER.findall(text)) else "en"
