"""Text → tokens: the one definition that every engine, the evaluator and the highlighter share.

1. `fold`: full-width letters and digits to half width, traditional characters to simplified ones, and to blanks
   what is no word for us (`blanked`). One character for one, so that offsets into the stored text stay right.
2. Tokens: a Han character by itself, or a run of other letters, digits and marks. A Chinese word is then a
   phrase of its characters, which finds every word of any length, and mixed text needs one field only.
3. Each token without accents, in lower case, and (analysis `stemmed`) as its English stem. Not in `exact`,
   which prefixes and names are looked up in.

Nothing is a stop word. `stamp()` names all of this: an index made under another stamp is made anew.
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
# Longer runs are no words (base64, long hashes), and engines have limits of their own for them.
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


class _Known(dict[int, str]):
    """Character → itself, or the one given for it, or a blank: for `str.translate`."""

    def __missing__(self, code: int) -> str:
        # What this Python's Unicode does not know yet is no letter: the libraries would disagree on it. Halves of
        # surrogate pairs cannot even be handed to them.
        character = chr(code)
        folded = self[code] = " " if unicodedata.category(character) in ("Cn", "Cs") else character
        return folded


_KNOWN: Final = _Known()


@cache
def fold_table() -> _Known:
    """Character → character: 62 full-width ones and about 4,200 traditional ones; others are added as they come."""
    import opencc

    characters = [chr(code) for block in _HAN_BLOCKS for code in block]
    # One call over all of them, each on a line of its own, so that no phrase rule of OpenCC applies.
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, simplified, strict=True)
    return _Known(_FULL_WIDTH | {ord(a): b for a, b in pairs if a != b and len(b) == 1})


def fold(text: str) -> str:
    """`text` with one character for one character; its length stays."""
    return _without_long(text if text.isascii() else text.translate(fold_table()))


def blanked(text: str) -> str:
    """`text` with blanks for what is no word for us: characters without a meaning yet, runs beyond MAX_TOKEN.

    An engine that folds by itself gets its texts so.
    """
    # What is printable has a meaning; to ask costs a hundredth of translating.
    return _without_long(text if text.isprintable() else text.translate(_KNOWN))


def _is_broken(text: str) -> bool:
    """Whether blanks leave no room for a run that is too long: it would fill one of these windows."""
    half = MAX_TOKEN // 2
    windows = range(0, len(text) - half + 1, half) if len(text) > MAX_TOKEN else ()
    return all(text.find(" ", at, at + half) >= 0 for at in windows)


def _without_long(text: str) -> str:
    # Chinese has no blanks, but hardly a hundred characters without these.
    if _is_broken(text) or (not text.isascii() and _is_broken(text.replace("，", " ").replace("。", " "))):
        return text
    blanks: str = _TOO_LONG.sub(lambda run: " " * len(run[0]), text)
    return blanks


@cache
def analyzer(analysis: str) -> tantivy.TextAnalyzer:
    """tantivy's analyzer for `fold`ed text; the embedded engine registers it, `terms` asks it."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(PATTERN))
        # Accents go before the case does: the lower case of "İ" is two characters.
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


# Cached run by run: a corpus repeats its words, and the call of a cached function is all that is left.
_TERM: Final = {STEMMED: _stemmed, EXACT: _exact}


def terms(text: str, analysis: str) -> list[str]:
    """The terms of a text; the position of each is its number here."""
    folded = fold(text)
    return list(map(_TERM[analysis], (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)))


def positions_of_values(values: list[str], analysis: str) -> list[str | None]:
    """The term at each position of a field with several values; None in the gaps between them."""
    found: list[str | None] = []
    for value in values:
        if here := terms(value, analysis):
            found += [None] * VALUE_GAP if found else []
            found += here
    return found


def offsets(text: str, wanted: Collection[int]) -> dict[int, tuple[int, int]]:
    """Where in a text the tokens of these positions stand: position → (start, end), in characters."""
    folded = fold(text)
    runs = islice((_ASCII_TOKEN if folded.isascii() else _TOKEN).finditer(folded), max(wanted, default=-1) + 1)
    return {position: match.span() for position, match in enumerate(runs) if position in wanted}


@cache
def stamp() -> str:
    """What the tokens depend on, in 12 characters; part of every index."""
    table = "".join(chr(code) + fold_table()[code] for block in _HAN_BLOCKS for code in block)
    probe = " ".join(terms("Relational organizing universally emergence running generalizations naïve Łódź", STEMMED))
    return hashlib.sha256(
        f"{RULES}|{PATTERN}|{MAX_TOKEN}|{unicodedata.unidata_version}|{table}|{probe}".encode()
    ).hexdigest()[:12]
