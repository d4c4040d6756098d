r"""TeX as arXiv itself reads it, outside of formulas: `Bal\'azs` → `Balázs`, `\S 3` → `§3`, `Fig.~3` → `Fig. 3`.

arXiv's pages show titles, abstracts and names converted; its snapshot and feeds show them as the authors typed them.
One conversion for all makes their texts equal. Which accents and signs arXiv converts is in its own published code
(arxiv-base, tex2utf, read in November 2026), and so is the rule that no blank may stand between an accent and its
letter: `\"thin\"` is a quotation. Formulas stay as they are; only signs that a page has put into them become macros
again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from papers.normalise.formulas import split

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
# The ASCII letters with which each mark makes a letter in use. `\"t` exists in Unicode, but no author means it.
_BASES = {
    "'": "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz", "`": "AEINOUWYaeinouwy", "^": "ACEGHIJOSUWYZaceghijosuwyz",
    '"': "AEIOUYaeiouy", "~": "AEINOUVYaeinouvy", "=": "AEGIOUYaegiouy", ".": "ABCDEGIOZabcdegioz", "H": "OUou",
    "c": "CDEGHKLNRSTcdeghklnrst", "k": "AEIOUaeiou", "r": "AUau", "u": "AEGIOUaegiou",
    "v": "ACDEGHIJKLNORSTUZacdeghijklnorstuz", "d": "AEIOUYLTSDHRNMaeiouyltsdhrnm", "b": "DLNTdlnt",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "eth": "ð", "ETH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_SIGNS = {
    "P": "¶", "S": "§", "copyright": "©", "guillemotleft": "«", "guillemotright": "»", "pounds": "£", "dag": "†",
    "ddag": "‡", "div": "÷", "deg": "°",
}  # fmt: skip
_GREEK = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "omicron": "ο", "pi": "π", "rho": "ρ", "varsigma": "ς", "sigma": "σ", "tau": "τ", "upsilon": "υ",
    "varphi": "φ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
_NAMED = _LETTERS | _SIGNS | _GREEK
# What a page may have put into a formula, and the macro that stood there.
_MACROS = {sign: name for name, sign in (_GREEK | _SIGNS).items()}

_BASE = r"\\[ij](?![A-Za-z])|[^\W\d_]"
_ACCENT = re.compile(
    rf"""\\(?:
        (?P<sign>[`'^"~=.])(?:\{{\s*(?P<a>{_BASE})\s*\}}|(?P<b>{_BASE}))
      | (?P<letter>[uvHcdbrk])
        (?:\s*\{{\s*(?P<c>{_BASE})\s*\}}|\s+(?P<d>(?:{_BASE})(?![^\W\d_])))
    )""",
    re.VERBOSE,
)
_NESTED = 3  # marks on one letter; Vietnamese has two
# A mark before a word and a mark after it, which no letter follows. Between them may be accents inside of words.
_QUOTED = re.compile(
    r"""(?<![^\s(\[{`'"/-])\\"(?=\S)(?P<words>(?:(?!\\").|(?<=[A-Za-z])\\"(?=[A-Za-z{\\])){1,200}?)(?<=\S)\\"(?![A-Za-z{\\])""",
    re.DOTALL,
)
_NAME = "|".join(sorted(_NAMED, key=len, reverse=True))
# The blank that ends a macro belongs to it; a digit right after it makes it another macro.
_MACRO = re.compile(rf"\{{\\({_NAME})\}}|\\({_NAME})(?![A-Za-z0-9])(?:\\(?=\s)|\{{\}}| )?")
_BRACED = re.compile(r"\{([^\x00-\x7f])\}")
_CONTROL_BLANK = re.compile(r"\\(?=\s)")
# A tie joins two words ("Fig.~3"); "~12 %" and "/~home" are something else, and so is "about" between a quantity and
# its value: "z~3", "S/N~20".
_TIE = re.compile(r"(?<=[\w.,;:)}])~+(?=[\w\\({]|\Z)")
_ABOUT = re.compile(r"(?:(?<![\w.~])[^\W\d_]|S/N)\Z")


def _accented(match: re.Match[str]) -> str:
    mark = match["sign"] or match["letter"]
    base = (match["a"] or match["b"] or match["c"] or match["d"]).lstrip("\\")
    base = {"ı": "i", "ȷ": "j"}.get(base, base)
    if base.isascii() and base not in _BASES[mark]:
        return match[0]
    # The inner mark may be the outer one in Unicode: `\^{\'e}` is ế, whose letter is ê.
    decomposed = unicodedata.normalize("NFD", base)
    for letter in (decomposed + _COMBINING[mark], decomposed[0] + _COMBINING[mark] + decomposed[1:]):
        composed = unicodedata.normalize("NFC", letter)
        if len(composed) == 1:
            return composed
    return match[0]


def _named(match: re.Match[str]) -> str:
    return _NAMED[match[1] or match[2]]


def _untied(match: re.Match[str]) -> str:
    number_follows = match.string[match.end() : match.end() + 1].isdigit()
    means_about = number_follows and _ABOUT.search(match.string, max(0, match.start() - 4), match.start())
    return match[0] if means_about else " "


def _prose(text: str, *, after_formula: bool = False) -> str:
    if "\\" in text:
        if '\\"' in text:
            text = _QUOTED.sub(r'"\g<words>"', text)
        for _ in range(_NESTED):
            before = text
            text = _ACCENT.sub(_accented, text)
            if text == before:
                break
        text = _MACRO.sub(_named, text)
        text = _CONTROL_BLANK.sub("", text)
        text = text.replace('\\"', '"')
    if "{" in text:
        text = _BRACED.sub(r"\1", text)
    if "~" in text:
        text = _TIE.sub(_untied, text)
        if after_formula and text.startswith("~") and not text[1:2].isdigit():
            text = f" {text[1:]}"
    return text


@lru_cache(maxsize=4096)
def _formula(text: str) -> str:
    """A formula in which signs that a page put there are macros again."""
    parts: list[str] = []
    for place, character in enumerate(text):
        name = _MACROS.get(character)
        if name is None:
            parts.append(character)
        else:
            following = text[place + 1 : place + 2]
            parts.append(f"\\{name} " if following.isascii() and following.isalpha() else f"\\{name}")
    return "".join(parts)


def in_prose(text: str, change: Callable[[str], str]) -> str:
    """`text` with its prose changed and its formulas as they are."""
    parts = split(text)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def to_unicode(text: str) -> str:
    """`text` with accents, letters and signs in Unicode and ties as blanks; formulas stay as they are."""
    parts = split(text)
    if len(parts) == 1:
        return _prose(text)
    for place in range(0, len(parts), 2):
        parts[place] = _prose(parts[place], after_formula=place > 0)
    if not text.isascii():
        parts[1::2] = [part if part.isascii() else _formula(part) for part in parts[1::2]]
    return "".join(parts)
