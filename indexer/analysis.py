"""Text → tokens: the one definition that every engine, the evaluator and the highlighter share.

1. `fold` turns full-width letters and digits into half-width ones, traditional characters into simplified ones, the
   signs of C++ and C# into letters, and what is not a word for us into blanks (`blanked`). Each character becomes one
   character, so that offsets into the stored text stay right.
2. Tokens: a Han character by itself, or a run of other letters, digits and marks. A Chinese word is then a
   phrase of its characters, which finds every word of any length, and mixed text needs one field only.
3. Each token loses its accents and is put into lower case. The analysis `stemmed` also reduces it to its English stem;
   an analysis named by a language reduces it to the stem in that language. The analysis `exact` does neither: it is
   for prefixes and names. `finished` is for texts that are terms already, with blanks between them.

There are no stop words. `stamp()` identifies these rules: an index made under another stamp is made anew.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Final

import regex
import tantivy

STEMMED: Final = "stemmed"
EXACT: Final = "exact"
FINISHED: Final = "finished"
# Snowball's stemmers of tantivy, for texts that are neither English nor Chinese.
STEMMERS: Final = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
ANALYSES: Final = (STEMMED, EXACT, FINISHED)

# Increased by hand whenever the same text can give other tokens than before.
RULES: Final = 3
# Longer runs are not words (base64, long hashes), and engines have limits of their own for them.
MAX_TOKEN: Final = 100
# Positions left between the values of one field (two authors), so that no phrase crosses over.
VALUE_GAP: Final = 1

# The same set of code points in the syntax of tantivy's tokenizer and of Python's `regex`.
# "C++" and "C#" are words of their own: `fold` puts letters that look like the signs in their place.
PLUS, SHARP = "ⵜ", "ⵌ"
SIGNS: Final = rf"[A-Za-z]+(?:{PLUS}{PLUS}|{SHARP})"
PATTERN: Final = rf"\p{{Han}}|{SIGNS}|[[\p{{Alphabetic}}\p{{N}}\p{{M}}]--\p{{Han}}]+"
_TOKEN: Final = regex.compile(PATTERN, regex.V1)
_ASCII_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
# Texts of Latin letters, Chinese characters and their usual marks, which is nearly all Chinese ones.
_COMMON: Final = re.compile(rf"[\x00-\x7f一-鿿{PLUS}{SHARP}、。《》「」『』【】〈〉，：；！？（）“”‘’—–…·～％℃×≥≤±→]*")
_COMMON_TOKEN: Final = re.compile(rf"[一-鿿]|{SIGNS}|[A-Za-z0-9{PLUS}{SHARP}]+")
_TOO_LONG: Final = regex.compile(rf"[[\p{{Alphabetic}}\p{{N}}\p{{M}}]--\p{{Han}}]{{{MAX_TOKEN + 1},}}", regex.V1)

_FULL_WIDTH: Final = {
    ord(wide): chr(ord(wide) - 0xFEE0)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in map(chr, range(ord(first), ord(last) + 1))
}


_PLUSES: Final = re.compile(r"(?<=[A-Za-z])\+\+")
_SHARPS: Final = re.compile(r"(?<=[CFcf])#")
_HAN_BLOCKS: Final = (range(0x3400, 0xA000), range(0xF900, 0xFB00))


class _CharacterTable(dict[int, str]):
    """A table for `str.translate`: character → the one given for it, or itself, or a blank if it is undefined."""

    def __missing__(self, code: int) -> str:
        # A character that this Python's Unicode does not know yet becomes a blank: the libraries would disagree on it.
        # Halves of surrogate pairs cannot even be passed to them.
        character = chr(code)
        folded = self[code] = " " if unicodedata.category(character) in ("Cn", "Cs") else character
        return folded


_UNFOLDED: Final = _CharacterTable()


@cache
def fold_table() -> _CharacterTable:
    """Character → character: 62 full-width ones and about 4,200 traditional ones; others are added as they come."""
    import opencc

    characters = [chr(code) for block in _HAN_BLOCKS for code in block]
    # One call over all of them, each on a line of its own, so that no phrase rule of OpenCC applies.
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, simplified, strict=True)
    return _CharacterTable(_FULL_WIDTH | {ord(a): b for a, b in pairs if a != b and len(b) == 1})


def fold(text: str) -> str:
    """`text` after step 1 above. Each character becomes one character, so that the length stays the same."""
    text = _blank_long_runs(text if text.isascii() else text.translate(fold_table()))
    if "++" in text:
        text = _PLUSES.sub(PLUS * 2, text)
    return _SHARPS.sub(SHARP, text) if "#" in text else text


def half_width(text: str) -> str:
    """`text` with full-width letters and digits as half-width ones."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def blanked(text: str) -> str:
    """`text` with blanks for what is not a word for us: undefined characters, and runs longer than MAX_TOKEN.

    An engine that does the rest of the folding by itself gets its texts in this form.
    """
    # Printable characters are all defined; checking this costs a hundredth of translating.
    return _blank_long_runs(text if text.isprintable() else text.translate(_UNFOLDED))


def _has_short_runs(text: str) -> bool:
    """Whether blanks rule out a run that is too long: such a run would fill one of these windows."""
    half = MAX_TOKEN // 2
    windows = range(0, len(text) - half + 1, half) if len(text) > MAX_TOKEN else ()
    return all(text.find(" ", start, start + half) >= 0 for start in windows)


def _blank_long_runs(text: str) -> str:
    # Chinese has no blanks, but hardly ever a hundred characters without one of these.
    if _has_short_runs(text) or (not text.isascii() and _has_short_runs(text.replace("，", " ").replace("。", " "))):
        return text
    blanks: str = _TOO_LONG.sub(lambda run: " " * len(run[0]), text)
    return blanks


@cache
def analyzer(analysis: str) -> tantivy.TextAnalyzer:
    """tantivy's analyzer for `fold`ed text; the embedded engine registers it, and `terms` uses it."""
    if analysis == FINISHED:
        return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(PATTERN))
        # Remove accents before changing the case: the lower case of "İ" is two characters.
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.lowercase())
    )
    if analysis != EXACT:
        builder = builder.filter(tantivy.Filter.stemmer("english" if analysis == STEMMED else STEMMERS[analysis]))
    return builder.build()


@lru_cache(maxsize=262_144)
def _stemmed(run: str) -> str:
    return str(analyzer(STEMMED).analyze(run)[0])


@lru_cache(maxsize=262_144)
def _exact(run: str) -> str:
    return str(analyzer(EXACT).analyze(run)[0])


def _stemmed_in(language: str) -> Callable[[str], str]:
    return lru_cache(maxsize=32_768)(lambda run: str(analyzer(language).analyze(run)[0]))


# Each run is cached: a corpus repeats its words, and most of them then cost one call of a cached function.
_TERM: Final[dict[str, Callable[[str], str]]] = {
    STEMMED: _stemmed,
    EXACT: _exact,
    **{language: _stemmed_in(language) for language in STEMMERS},
}


def terms(text: str, analysis: str) -> list[str]:
    """The terms of a text. The position of each is its index in this list."""
    if analysis == FINISHED:
        return text.split()
    folded = fold(text)
    return list(map(_TERM[analysis], _tokens(folded).findall(folded)))


def _tokens(folded: str) -> re.Pattern[str]:
    """The pattern of the tokens of a text: a quick one for the texts that have only the usual characters."""
    if folded.isascii():
        return _ASCII_TOKEN
    return _COMMON_TOKEN if _COMMON.fullmatch(folded) else _TOKEN


# A hyphenated word. A Chinese one is none: it has no parts that could be written apart.
_HYPHENATED_WORD: Final = r"[^\W_]+(?:[-‐‑][^\W_]+)+"
_HYPHENATED: Final = re.compile(rf"(?<!\w){_HYPHENATED_WORD}")
_HAN_WORD: Final = regex.compile(r"\p{Han}")
_LONGEST_CLOSED: Final = 40


@lru_cache(maxsize=1024)
def _hyphenated(initials: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?=[{re.escape(initials)}]){_HYPHENATED_WORD}", re.IGNORECASE)


def closed_forms(text: str, initials: str = "") -> list[tuple[str, tuple[int, int]]]:
    """The hyphenated words of a text written together, with where they stand: `non-invasive` → `noninvasive`.

    Of more than two parts, all together, and each part with the next. With `initials`, those words alone that begin
    with one of these letters.
    """
    if "-" not in text and "‐" not in text and "‑" not in text:
        return []
    forms = []
    for match in (_hyphenated(initials) if initials else _HYPHENATED).finditer(text):
        if not match[0].isascii() and _HAN_WORD.search(match[0]):
            continue
        parts = [part.span() for part in _PART.finditer(text, *match.span())]
        pairs = list(pairwise(parts)) if len(parts) > 2 else []
        for first, last in [(parts[0], parts[-1]), *pairs]:
            start, end = first[0], last[1]
            if end - start <= _LONGEST_CLOSED:
                forms.append((_HYPHEN.sub("", text[start:end]), (start, end)))
    return forms


_HYPHEN: Final = re.compile("[-‐‑]")
_PART: Final = re.compile("[^-‐‑]+")


def positions_of_values(values: list[str], analysis: str) -> list[str | None]:
    """The term at each position of a field with several values; None in the gaps between them."""
    positions: list[str | None] = []
    for value in values:
        if value_terms := terms(value, analysis):
            positions += [None] * VALUE_GAP if positions else []
            positions += value_terms
    return positions


def offsets(text: str, positions: Collection[int]) -> dict[int, tuple[int, int]]:
    """Position → (start, end), in characters, of the tokens at these positions of a text."""
    folded = fold(text)
    runs = islice(_tokens(folded).finditer(folded), max(positions, default=-1) + 1)
    return {position: match.span() for position, match in enumerate(runs) if position in positions}


@cache
def stamp() -> str:
    """A hash of everything that the tokens depend on, in 12 characters. It is part of the stamp of every index."""
    table = "".join(chr(code) + fold_table()[code] for block in _HAN_BLOCKS for code in block)
    probe = " ".join(terms("Relational organizing universally emergence running generalizations naïve Łódź", STEMMED))
    return hashlib.sha256(
        f"{RULES}|{PATTERN}|{MAX_TOKEN}|{unicodedata.unidata_version}|{table}|{probe}".encode()
    ).hexdigest()[:12]
