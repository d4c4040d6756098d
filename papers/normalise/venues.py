"""Venues: the conference or journal of a paper, as its comments and its journal reference name it.

`venues.tsv` has a venue a line: its short name, its full name, and the forms in which people write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple


class Venue(NamedTuple):
    name: str  # short, as it is shown: NeurIPS
    full_name: str
    forms: tuple[str, ...]  # as people write it


_LONGEST_STRICT = 6
_ADDRESS = re.compile(r"\S*(?:://|www\.|\.(?:com|org|io|net|edu)/)\S*")
# The venue belongs to one of these that stands before it in the same sentence, unless an _ACCEPTED comes between.
_NOT_ACCEPTED_BEFORE = re.compile(
    r"\b(?:re-?)?sub+m+it+(?:t?ed|ing|d)?\b(?! and accepted)|\bsubmited\b|\bsubmission\b(?! id\b)"
    r"|\b(?:under|in|for) (?:[a-z-]+ )?(?:review|consideration|revision)"
    r"|\bunder reviewed\b|\b(?:major|minor)? ?revision\b"
    r"|\bin preparation\b|\b(?:preparing|prepared|intended|planned) for\b|\btargeting\b|\bconsidering\b"
    r"|\brejected (?:by|from|at)\b|\bwithdrawn from\b|\bif accepted\b|\bupon acceptance\b|\bnot accepted\b"
    r"|\bprovided that it is accepted\b",
    re.IGNORECASE,
)
_ACCEPTED = re.compile(
    r"(?<!not )(?<!if )(?<!is )\baccepted\b|\bto appear\b|\bpublished\b|\bpresented\b|\bin press\b|\bproceedings of\b"
    r"|\ba version of\b",
    re.IGNORECASE,
)
_NOT_ACCEPTED_AFTER = re.compile(
    r"['’]?\s*(?:\d{2,4})?\s*(?:[,:(]\s*)?(?:(?:re-?)?submi(?:ssion|tted)\b(?! id)|(?:under|in) (?:[a-z-]+ )?"
    r"(?:review|consideration)|rejected\b|[ -]?(?:format|style|template|macros|class file)\b|arr\b|rolling review)",
    re.IGNORECASE,
)
# A journal whose name is a word of every day, at the beginning of a journal reference: "Nature 446, 167".
_BARE_JOURNAL = re.compile(r"(Nature|Science)(?:,? (?=\d|vol\b))")


@cache
def table() -> Mapping[str, Venue]:
    """Short name → venue."""
    lines = (files(__package__) / "venues.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: Venue(name, full_name, tuple(forms.split(" | "))) for name, full_name, forms in rows}


@lru_cache(maxsize=4096)
def venues(comments: str | None, journal_ref: str | None) -> tuple[str, ...]:
    """The short names of the venues that have taken the paper, each once; () where none is named."""
    names = [name for name, _ in _named(journal_ref)] if journal_ref else []
    if journal_ref and (bare := _BARE_JOURNAL.match(journal_ref)):
        names.insert(0, bare[1])
    return tuple(dict.fromkeys([*(_accepting(comments) if comments else []), *names]))


def read(text: str) -> list[str]:
    """The short names of the venues that a person's text means: in any case, by any form; [] for none."""
    plain = _plain(text)
    return [
        name for name, venue in table().items() if plain and plain in map(_plain, (name, venue.full_name, *venue.forms))
    ]


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _accepting(comments: str) -> list[str]:
    text = _clean(comments)
    return [name for name, span in _named(comments) if _is_accepted(text, *span)]


def _is_accepted(text: str, start: int, end: int) -> bool:
    """Whether the venue at this place of a comment has taken the paper, as far as the sentence says."""
    before = re.split(r"[;]|\.(?=\s+[A-Z])", text[:start])[-1]
    refused = [match.end() for match in _NOT_ACCEPTED_BEFORE.finditer(before)]
    accepted = [match.end() for match in _ACCEPTED.finditer(before)]
    if refused and refused[-1] > max(accepted, default=-1):
        return bool(_ACCEPTED.search(re.split(r"[;]|\.(?=\s+[A-Z])", text[end:])[0]))
    return not _NOT_ACCEPTED_AFTER.match(text, end)


def _clean(text: str) -> str:
    return " ".join(_ADDRESS.sub(" ", text.replace("’", "'")).split())


_FIRST = re.compile(r"\d*[^\W\d_]+")


def _named(text: str) -> list[tuple[str, tuple[int, int]]]:
    """The venues named in a text, in order, and where each stands in the cleaned text.

    At one place the longest form wins, and what it took is not read again.
    """
    text = _clean(text)
    forms, named, place = _forms(), [], 0
    for word in _FIRST.finditer(text):
        if word.start() < place or (word.start() and text[word.start() - 1].isalnum()):
            continue
        for pattern, name, offset in forms.get(word[0].casefold(), ()):
            if match := pattern.match(text, max(0, word.start() - offset)):
                named.append((name, match.span()))
                place = match.end()
                break
    return named


@cache
def _forms() -> Mapping[str, list[tuple[re.Pattern[str], str, int]]]:
    """The first word of a form → the forms that begin with it, the longest first: pattern, venue, and how many signs
    stand before that word ("(WWW)")."""
    forms: dict[str, list[tuple[str, str, int]]] = {}
    for venue in table().values():
        for form in venue.forms:
            first = _FIRST.search(form)
            assert first, form
            forms.setdefault(first[0].casefold(), []).append((form, venue.name, first.start()))
    return {
        word: [(_written(form), name, offset) for form, name, offset in sorted(rows, key=lambda row: -len(row[0]))]
        for word, rows in forms.items()
    }


def _written(form: str) -> re.Pattern[str]:
    """The pattern of a form: whole words; a blank after a full stop may be left out ("Phys.Rev."). A form of few
    letters means something else in small letters: CHI and chi, ACL and acl."""
    pattern = re.escape(form).replace(r"\.\ ", r"\.\ ?") + (r"(?![^\W\d_])" if form[-1].isalnum() else "")
    is_strict = len(form) <= _LONGEST_STRICT and " " not in form
    return re.compile(pattern, 0 if is_strict else re.IGNORECASE)
