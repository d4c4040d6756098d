"""The Query tree: every kind of condition on a paper. `evaluate.py` defines what each means.

Trees are values: immutable, comparable, hashable. Each engine compiles them for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, assert_never

from indexer.fields import Kind, asked_names

TEXT_FIELDS = asked_names(Kind.TEXT)
DEFAULT_FIELDS = ("title", "abstract", "authors", "details")
# A word in the title says more about a paper than one in the abstract.
BOOSTS = {"title": 3.0, "authors": 1.5, "details": 0.5}
KEYWORD_FIELDS = asked_names(Kind.KEYWORD)
DATE_FIELDS = asked_names(Kind.DAY, Kind.MOMENT)
NUMBER_FIELDS = asked_names(Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a reader writes it. If it gives several tokens ("non-invasive", 注意力), it is a phrase of them."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Words in this order with at most `gap` other tokens between the first and the last, in all."""

    words: tuple[str, ...]
    gap: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins with this text, without stemming."""

    text: str


@dataclass(frozen=True, slots=True)
class InField:
    """Words, phrases and prefixes inside of `query` are looked for in this text field alone."""

    field: str
    query: Query


@dataclass(frozen=True, slots=True)
class Category:
    """Papers listed in this category; `cs.*` is every category of the archive."""

    code: str


@dataclass(frozen=True, slots=True)
class Term:
    """A keyword field has exactly this value; an author is found by any form of the name."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date within both days; None leaves a side open. A paper without the date never matches."""

    field: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A number within both bounds; None leaves a side open. A paper without the number never matches."""

    field: str
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class And:
    """Every part matches. Without parts: every paper."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part matches. Without parts: no paper."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts match. With a count of 0: every paper."""

    count: int
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Prefer:
    """What `query` matches, and no more; of these, a paper that matches one of `preferred` comes earlier, the more so
    the greater the weight beside it."""

    query: Query
    preferred: tuple[tuple[Query, float], ...]


Query: TypeAlias = (
    "Word | Phrase | Near | Prefix | InField | Category | Term | DateRange | NumberRange | And | Or | Not | AtLeast "
    "| Prefer"
)

ALL = And(())
NOTHING = Or(())


def children(query: Query) -> tuple[Query, ...]:
    """The queries directly inside of this one."""
    match query:
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return parts
        case Prefer(part, preferred):
            return (part, *(preferred_part for preferred_part, _ in preferred))
        case Not(part):
            return (part,)
        case InField(_, part):
            return (part,)
        case Word() | Phrase() | Near() | Prefix() | Category() | Term() | DateRange() | NumberRange():
            return ()
        case unreachable:
            assert_never(unreachable)


def words_in(query: Query) -> tuple[Query, ...]:
    """The words, phrases and prefixes that `query` looks for, without those under a Not."""
    match query:
        case Word() | Phrase() | Near() | Prefix():
            return (query,)
        case Not():
            return ()
        case Prefer(part, _):
            return words_in(part)
        case _:
            return tuple(word for part in children(query) for word in words_in(part))
