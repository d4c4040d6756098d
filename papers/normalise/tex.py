r"""TeX accents to Unicode, outside of formulas: `Bal\'azs` → `Balázs`, `$\'e$` stays.

What arXiv itself does on its pages; doing it to every source makes their texts equal.
"""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
    "NG": "Ŋ",
}  # fmt: skip
# No formula holds the start of another: a text of a million opening brackets is read in a moment.
_MATH = re.compile(
    r"((?<!\\)\$\$.{1,2000}?(?<!\\)\$\$|(?<!\\)\$[^$]{1,2000}?(?<!\\)\$"
    r"|\\\([^\\]*(?:\\(?![()])[^\\]*)*\\\)|\\\[[^\\]*(?:\\(?![\[\]])[^\\]*)*\\\])",
    re.DOTALL,
)
_ACCENT = re.compile(
    r"""\\(?:
        (?P<sign>[`'^"~=.])\s*(?:\{\s*(?P<a>\\[ij]|[A-Za-z])\s*\}|(?P<b>\\[ij](?![A-Za-z])\s?|[A-Za-z]))
      | (?P<letter>[uvHcdbrk])
        (?:\s*\{\s*(?P<c>\\[ij]|[A-Za-z])\s*\}|\s+(?P<d>\\[ij](?![A-Za-z])\s?|[A-Za-z](?![A-Za-z])))
    )""",
    re.VERBOSE,
)
_SPECIAL = re.compile(
    r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![A-Za-z])(?:\{\}|\s(?=[^\W\d_])|\s*(?=[{}]))?"
)
_BRACED = re.compile(r"\{([^\x00-\x7f])\}")
# A tie joins two words ("Fig.~3"); "~12 %" and "/~home" are something else.
_TIE = re.compile(r"(?<=[\w.,;:)}])~+(?=[\w\\({$])")


def _accented(match: re.Match[str]) -> str:
    mark = match["sign"] or match["letter"]
    base = (match["a"] or match["b"] or match["c"] or match["d"]).strip().lstrip("\\")
    composed = unicodedata.normalize("NFC", base + _COMBINING[mark])
    # A pair that Unicode has no letter for was hardly meant as an accent ("\.D" in a formula without dollars).
    return composed if len(composed) == 1 else match[0]


def _prose(text: str) -> str:
    if "\\" in text:
        text = _ACCENT.sub(_accented, text)
        text = _SPECIAL.sub(lambda match: _LETTERS[match[1]], text)
        text = _BRACED.sub(r"\1", text)
    return _TIE.sub(" ", text) if "~" in text else text


def to_unicode(text: str) -> str:
    """`text` with accents and special letters in Unicode and ties as blanks; formulas stay as they are."""
    if "\\(" in text or "\\[" in text or "\\$" in text or "$$" in text or text.count("$") % 2:
        parts = _MATH.split(text)
        parts[::2] = [_prose(part) for part in parts[::2]]
        return "".join(parts)
    # The ordinary case, 20 times faster: every second part stands between dollars.
    parts = text.split("$")
    parts[::2] = [_prose(part) for part in parts[::2]]
    return "$".join(parts)
