"""Author names: how they are shown, and the keys by which an author is found."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from papers.normalise.text import clean

_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|2nd|3rd|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_COLLABORATION = re.compile(r"\b(?:collaborations?|consortium|group|team|project|survey|network)\b", re.IGNORECASE)
_INITIALS = re.compile(r"(?<=\.) (?=-)")
_SEPARATOR = re.compile(r"\s*(?:,\s*and\s+|,\s*&\s*|;\s*|,\s*|\s+and\s+|\s+&\s+)", re.IGNORECASE)
_FOR_THE = re.compile(r"\s*,?\s*\b(?:for|on behalf of)\s+(?=(?:the\s+)?[^,]*\bcollaboration\b)", re.IGNORECASE)
# "The CALM Collaboration: A. Ruiz, …"
_LED_BY = re.compile(r"\b(collaborations?)\s*:\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def shown(first: str, last: str, suffix: str = "") -> str:
    """A name in reading order from its parts: `("T.", "Theran", "Jr.")` → `T. Theran Jr.`"""
    name = f"{first} {last} {suffix}" if suffix else f"{first} {last}"
    name = clean(name) or ""
    return _INITIALS.sub("", name) if ". -" in name else name


def reading_order(name: str) -> str:
    """`Last, First` and `Last, Jr., First` as `First Last Jr.`; `First Last` stays."""
    parts = [part for part in (clean(part) for part in name.split(",")) if part]
    if len(parts) == 2 and parts[1].lower() == "the":
        return f"The {parts[0]}"
    if len(parts) < 2:
        return _INITIALS.sub("", " ".join(parts))
    suffixes = [part for part in parts[1:] if _SUFFIX.match(part)]
    given = [part for part in parts[1:] if not _SUFFIX.match(part)]
    return shown(" ".join(given), parts[0], " ".join(suffixes))


def split(authors: str | None) -> tuple[str, ...]:
    """The names in one line of authors, in reading order and without affiliations.

    `J. Doe, Jr. (MIT), Ana Ruiz and S. Li for the CALM Collaboration (1 and 2)` gives four.
    """
    text = clean(_without_parentheses(authors or ""))
    if text is None:
        return ()
    names: list[str] = []
    for part in _SEPARATOR.split(_LED_BY.sub(r"\1, ", _FOR_THE.sub(", ", text))):
        part = part.strip(" :")
        if _SUFFIX.match(part) and names:
            names[-1] = f"{names[-1]} {part}"
        elif part:
            names.append(_INITIALS.sub("", part))
    return tuple(names)


def _without_parentheses(text: str) -> str:
    """Affiliations are in parentheses, which nest and which a cut line may leave open."""
    depth, kept = 0, []
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(character)
    return "".join(kept)


def folded(name: str) -> list[str]:
    """The words of a name in lower case without accents: `Bölöni-Túri, Á.` → `boloni turi a`."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l").replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return [word.replace("'", "").replace("’", "") for word in _WORD.findall(plain)]


@lru_cache(maxsize=65536)
def keys(name: str) -> tuple[str, ...]:
    """The keys under which an author is found: at most 8.

    The family name alone, with each given name and with all of them, written out or as initials. Words
    are sorted, so that `Yann LeCun`, `LeCun, Y.` and `lecun yann` meet. One author's key never mixes with
    another's, as words of a common field would ("Yann Ng").
    """
    words = [word for word in folded(name) if not _SUFFIX.match(word)]
    if not words:
        return ()
    if len(words) == 1 or _COLLABORATION.search(name):
        return (" ".join(sorted(words)),)
    *given, family = words
    initials = [word[0] for word in given]
    found = [[family], *([word, family] for word in given), *([initial, family] for initial in initials[:1])]
    found += [[*given, family], [*initials, family]]
    return tuple(dict.fromkeys(" ".join(sorted(words)) for words in found))[:8]


def query_key(name: str) -> str:
    """The key that a searched name is looked up by: in reading order or `Last, First`."""
    return " ".join(sorted(word for word in folded(reading_order(name)) if not _SUFFIX.match(word)))
