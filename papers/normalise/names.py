"""Author names: how they are shown, their parts, and the keys by which an author is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from papers.normalise.text import clean
from papers.paper import LONGEST_NAME, AuthorName

_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|2nd|3rd|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_COLLABORATION = re.compile(r"\b(?:collaborations?|consortium|group|team|project|survey|network)\b", re.IGNORECASE)
# "J.M. Holt" and "J. M. Holt" are one; "C. -P." is "C.-P.".
_INITIALS_TOGETHER = re.compile(r"(?<!\w)([^\W\d_])\.(?=[^\W\d_])")
_BLANK_BEFORE_HYPHEN = re.compile(r"(?<=\.) (?=-)")
_SEPARATOR = re.compile(r"\s*(?:,\s*and\s+|,\s*&\s*|;\s*|,\s*|\s+and\s+|\s+&\s+)", re.IGNORECASE)
# Words in lists of authors that are not part of a name.
_AND = re.compile(r"^(?:and|&)\s+(?=\S)", re.IGNORECASE)
_ET_AL = re.compile(
    r"(?:^|[\s,]+)(?:(?:and\s+)?(?:et\.?\s+al\.?|\.{3}|…)|(?:and|&)(?:\s+(?:many\s+)?others)?)$|^many others$",
    re.IGNORECASE,
)
_NOBODY = ("al", "al.", "others", "...", "…", " and", " &")  # how such entries end
_FOR_THE = re.compile(r"\s*,?\s*\b(?:for|on behalf of)\s+(?=(?:the\s+)?[^,]*\bcollaboration\b)", re.IGNORECASE)
# "The CALM Collaboration: A. Ruiz, …"
_LED_BY = re.compile(r"\b(collaborations?)\s*:\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


# People write more than one paper: half of an import's names have been seen shortly before.
_REMEMBERED = 32_768


@lru_cache(maxsize=_REMEMBERED)
def normal(name: str | None) -> str | None:
    """One name as it is shown: TeX accents as letters, initials separated; None for what names nobody ("et al.")."""
    text = clean(name)
    if text is None:
        return None
    text = text[:LONGEST_NAME]
    if text[-6:].lower().endswith(_NOBODY):
        if text.lower() in _NOBODY:
            return None
        text = _ET_AL.sub("", text).strip(" ,;")
    head = text[:4].lower()
    if head.startswith(("and", "&")):
        text = _AND.sub("", text)
    elif head == "the " and _COLLABORATION.search(text):
        text = text[4:]  # arXiv's pages leave it out
    return _initials(text) if text.lower() not in ("", "and", "&") else None


def _initials(name: str) -> str:
    if "." not in name:
        return name
    return _BLANK_BEFORE_HYPHEN.sub("", _INITIALS_TOGETHER.sub(r"\1. ", name))


@lru_cache(maxsize=_REMEMBERED)
def in_parts(given_name: str | None, family_name: str | None, suffix: str | None = None) -> AuthorName | None:
    """A name from its parts, each as it is shown; None where they name nobody."""
    name = AuthorName(_part(given_name), _part(family_name), clean(suffix) or "")
    if name.given.lower() == "the" and _COLLABORATION.search(name.family):
        name = name._replace(given="")
    if not name.family:
        name = AuthorName("", name.given, name.suffix)
    if name.family[:4].lower() == "the " and _COLLABORATION.search(name.family):
        name = name._replace(family=name.family[4:])
    shown = name.shown
    return name if shown and (not shown.lower().endswith(_NOBODY) or normal(shown)) else None


def _part(text: str | None) -> str:
    if not text or (len(text) <= LONGEST_NAME and text.isascii() and text.isalpha()):
        return text or ""
    cleaned = clean(text)
    return _initials(cleaned[:LONGEST_NAME]) if cleaned else ""


def reading_order(name: str) -> str:
    """`Last, First` and `Last, Jr., First` as `First Last Jr.`; `First Last` stays."""
    parts = [part for part in (normal(part) for part in name.split(",")) if part]
    if len(parts) == 2 and parts[1].lower() == "the":
        return parts[0]
    if len(parts) < 2:
        return " ".join(parts)
    suffixes = [part for part in parts[1:] if _SUFFIX.match(part)]
    given_names = [part for part in parts[1:] if not _SUFFIX.match(part)]
    return AuthorName(" ".join(given_names), parts[0], " ".join(suffixes)).shown


def listed(entries: Iterable[str | None]) -> tuple[str, ...]:
    """The names of a list, each as it is shown, without entries that name nobody."""
    return tuple(name for entry in entries if (name := normal(entry)))


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
        elif name := normal(part):
            names.append(name)
    return tuple(names)


def _without_parentheses(text: str) -> str:
    """`text` without its parentheses, which hold affiliations. They may nest, and a cut line may leave one open."""
    depth, characters = 0, []
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            characters.append(character)
    return "".join(characters)


# Letters that Unicode does not decompose, folded as the analysis of texts folds them (a test compares the two).
_FOLDED = {
    "a": "əⱥ", "ae": "æ", "b": "ƀƃɓ", "c": "ƈȼ", "d": "ðđƌȡɖɗ", "e": "ǝɇɛ", "f": "ƒ", "g": "ǥɠ", "h": "ħ", "i": "ıɨɩ",
    "j": "ȷɉ", "k": "ƙ", "l": "łƚȴ", "m": "ɯ", "n": "ŋƞȵɲ", "o": "øɔɵ", "oe": "œ", "ou": "ȣ", "p": "ƥ", "q": "ĸɋ",
    "r": "ɍ", "s": "ȿẜẝ", "t": "ŧƫƭȶʈⱦ", "th": "þ", "u": "ʉ", "v": "ʋʌỽ", "w": "ƿ", "y": "ƴɏỿ", "z": "ƶȝȥɀ",
}  # fmt: skip
_FOLDS = str.maketrans({letter: plain for plain, letters in _FOLDED.items() for letter in letters})
# These words belong to the family name: "van der Holt".
_PARTICLES = frozenset("van von der den de del della di da dos du la le ter ten zu af bin ibn al el".split())
_LONGEST_INITIALS = 3


def folded(name: str) -> list[str]:
    """The words of a name in lower case without accents: `Bölöni-Túri, Á.` → `boloni turi a`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character)).translate(_FOLDS)
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
    *given_names, family = words
    initials = [word[0] for word in given_names]
    forms = [[family], [*given_names, family], [*initials, family]]
    before_particles = len(given_names)
    while before_particles and given_names[before_particles - 1] in _PARTICLES:
        before_particles -= 1
    if particles := given_names[before_particles:]:
        forms += [[*particles, family], [*given_names[:1], *particles, family]]
    forms += [*([initial, family] for initial in initials[:1]), *([word, family] for word in given_names)]
    return tuple(dict.fromkeys(" ".join(sorted(words)) for words in forms))[:8]


def query_key(name: str) -> str:
    """The key that a searched name is looked up by: in reading order or `Last, First`."""
    words = reading_order(name).split()
    # "ME Holt" is "M. E. Holt".
    if len(words) > 1 and 1 < len(words[0]) <= _LONGEST_INITIALS and words[0].isalpha() and words[0].isupper():
        words[:1] = list(words[0])
    return " ".join(sorted(word for word in folded(" ".join(words)) if not _SUFFIX.match(word)))
