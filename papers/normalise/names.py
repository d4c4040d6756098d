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


def without_suffix(name: str) -> tuple[str, str]:
    """A name in reading order without its suffix, and the suffix: "Sammy Davis Jr." → ("Sammy Davis", "Jr.")."""
    start, _, last = name.strip().rpartition(" ")
    return (start, last) if start and _SUFFIX.match(last) else (name.strip(), "")


def is_collaboration(name: str) -> bool:
    """Whether a name is that of many people, which has no family name."""
    return bool(_COLLABORATION.search(name))


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
    if "(" not in text and ")" not in text:
        return text
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
PARTICLES = frozenset("van von der den de del della di da dos du la le ter ten zu af bin ibn al el".split())
_LONGEST_INITIALS = 3


def folded(name: str) -> list[str]:
    """The words of a name in lower case without accents: `Bölöni-Túri, Á.` → `boloni turi a`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character)).translate(_FOLDS)
    return [word.replace("'", "").replace("’", "") for word in _WORD.findall(plain)]


def _words(name: str) -> list[str]:
    """The words of a name in reading order; a family name with a hyphen is one word: "Brandt-Lena" → `brandtlena`."""
    *given_names, family = name.split() or [""]
    if _SUFFIX.match(family) and given_names:
        return _words(" ".join(given_names))
    return [word for word in [*folded(" ".join(given_names)), "".join(folded(family))] if word]


@lru_cache(maxsize=65536)
def keys(name: str) -> tuple[str, ...]:
    """The keys under which an author is found: about 12.

    A key is the words of a family name with none, one or two of the given names, each written out or as its initial.
    Words are sorted, so that `Yann LeCun`, `LeCun, Y.` and `lecun yann` meet. `l.` stands for a given name of which
    only the initial is known, and `|` says that the author has no other given name: see `query_keys`.
    One author's key never mixes with another's, as words of a common field would ("Yann Ng").
    """
    words = _words(name)
    if len(words) < 2 or _COLLABORATION.search(name):
        return (" ".join(sorted(words)),) if words else ()
    *given_names, family = words
    start = _start_of_family(words)
    family_names = [[family], words[start:]] if start < len(given_names) else [[family]]
    given_forms = [[], given_names, [word[0] for word in given_names], *_given_forms(given_names[:start])]
    return tuple(dict.fromkeys(" ".join(sorted([*given, *words])) for words in family_names for given in given_forms))


# Stands for "no other given name" in a key.
_NO_OTHER = "|"


def _start_of_family(words: list[str]) -> int:
    """Where the family name begins, with its particles; there is always a given name in front of it."""
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return start


def _given_forms(given_names: list[str]) -> list[list[str]]:
    """The ways to write one given name, or the first two."""
    singles = [[form] for given_name in given_names for form in _forms(given_name)]
    if len(given_names) == 1:
        return singles + [[form, _NO_OTHER] for form in _forms(given_names[0])]
    first, second = given_names[:2]
    pairs = [[one, other] for one in _forms(first) for other in _forms(second)]
    return [*singles, *pairs, [first + second]]  # Xiao Ming is Xiaoming


def _forms(given_name: str) -> tuple[str, str]:
    """A given name and its initial; for a mere initial, itself and the mark that no more is known."""
    return (given_name, f"{given_name}.") if len(given_name) == 1 else (given_name, given_name[0])


def query_keys(name: str) -> tuple[str, ...]:
    """The keys, one of which an author must have to be the person of this name; () for a name without letters.

    The name may be in reading order or `Last, First`. "Lena Brandt" can be written "L. Brandt", "Lena M. Brandt" and
    "L. M. Brandt", but not "Lars Brandt"; "L. Brandt" can be either.
    """
    words = _words(_initials_apart(reading_order(name.replace("_", " "))))
    if len(words) < 2:
        return tuple(words)
    possible_keys = [" ".join(sorted(words))]
    for given_names, family_names in _readings(words, is_family_known="," in name):
        first, *others = ([*_compatible_forms(given_name)] for given_name in given_names[:2])
        given_forms = [[one, other] for one in first for other in (*others[0], _NO_OTHER)] if others else []
        given_forms += [["".join(given_names[:2])]] if others else [[one] for one in first]
        possible_keys += [" ".join(sorted([*given, *family_names])) for given in given_forms]
    return tuple(dict.fromkeys(possible_keys))


def _initials_apart(name: str) -> str:
    """ "ME Holt" and "Holt ME" as "M E Holt" and "Holt M E"."""
    words = name.split()
    for place in (0, -1) if len(words) > 1 else ():
        initials = words[place]
        if 1 < len(initials) <= _LONGEST_INITIALS and initials.isalpha() and initials.isupper():
            words[place] = " ".join(initials)
            break
    return " ".join(words)


def _compatible_forms(given_name: str) -> tuple[str, ...]:
    """The forms of authors' given names that a searched one can stand for: "Lena" for Lena and L., "L." for both."""
    return (given_name,) if len(given_name) == 1 else (given_name, f"{given_name[0]}.")


def _readings(words: list[str], *, is_family_known: bool) -> list[tuple[list[str], list[str]]]:
    """The ways to read the words of a name, which are in reading order, as given names and family name."""
    start = _start_of_family(words)
    readings = [(words[:start], words[start:])]
    if len(words[-1]) == 1 and not is_family_known:  # "Brandt L." and "van der Holt M T"
        end = len(words) - 1
        while end > 1 and len(words[end - 1]) == 1:
            end -= 1
        readings.append((words[end:], words[:end]))
    return readings
