"""Text → tokens: the one definition that every engine, the evaluator and the highlighter share.

1. `fold` turns full-width letters and digits into half-width ones, traditional characters into simplified ones, and
   what is not a word for us into blanks (`blanked`). Each character becomes one character, so that offsets into the
   stored text stay right.
2. Tokens: a Han character by itself, or a run of other letters, digits and marks. A Chinese word is then a
   phrase of its characters, which finds every word of any length, and mixed text needs one field only.
3. Each token loses its accents and is put into lower case. The analysis `stemmed` also reduces it to its English stem.
   The analysis `exact` does not: it is for prefixes and names.

There are no stop words. `stamp()` identifies these rules: an index made under another stamp is made anew.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from itertools import islice
from typing import Final

import regex
import tantivy

STEMMED: Final = "stemmed"
EXACT: Final = "exact"
ANALYSES: Final = (STEMMED, EXACT)

# Increased by hand whenever the same text can give other tokens than before.
RULES: Final = 2
# Longer runs are not words (base64, long hashes), and engines have limits of their own for them.
MAX_TOKEN: Final = 100
# Positions left between the values of one field (two authors), so that no phrase crosses over.
VALUE_GAP: Final = 1

# The same set of code points in the syntax of tantivy's tokenizer and of Python's `regex`.
PATTERN: Final = r"\p{Han}|[[\p{Alphabetic}\p{N}\p{M}]--\p{Han}]+"
_TOKEN: Final = regex.compile(PATTERN, regex.V1)
_ASCII_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_TOO_LONG: Final = regex.compile(rf"[[\p{{Alphabetic}}\p{{N}}\p{{M}}]--\p{{Han}}]{{{MAX_TOKEN + 1},}}", regex.V1)

_FULL_WIDTH: Final = {
    ord(wide): chr(ord(wide) - 0xFEE0)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in map(chr, range(ord(first), ord(last) + 1))
}


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
    return _blank_long_runs(text if text.isascii() else text.translate(fold_table()))


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
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(PATTERN))
        # Remove accents before changing the case: the lower case of "İ" is two characters.
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.lowercase())
    )
    if analysis == STEMMED:
        builder = builder.filter(tantivy.Filter.stemmer("english"))
    return builder.build()


@lru_cache(maxsize=262_144)
def _stemmed(run: str) -> str:
    return str(analyzer(STEMMED).analyze(run)[0])


@lru_cache(maxsize=262_144)
def _exact(run: str) -> str:
    return str(analyzer(EXACT).analyze(run)[0])


# Each run is cached: a corpus repeats its words, and most of them then cost one call of a cached function.
_TERM: Final = {STEMMED: _stemmed, EXACT: _exact}


def terms(text: str, analysis: str) -> list[str]:
    """The terms of a text. The position of each is its index in this list."""
    folded = fold(text)
    return list(map(_TERM[analysis], (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)))


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
    runs = islice((_ASCII_TOKEN if folded.isascii() else _TOKEN).finditer(folded), max(positions, default=-1) + 1)
    return {position: match.span() for position, match in enumerate(runs) if position in positions}


@cache
def stamp() -> str:
    """A hash of everything that the tokens depend on, in 12 characters. It is part of the stamp of every index."""
    table = "".join(chr(code) + fold_table()[code] for block in _HAN_BLOCKS for code in block)
    probe = " ".join(terms("Relational organizing universally emergence running generalizations naïve Łódź", STEMMED))
    return hashlib.sha256(
        f"{RULES}|{PATTERN}|{MAX_TOKEN}|{unicodedata.unidata_version}|{table}|{probe}".encode()
    ).hexdigest()[:12]
