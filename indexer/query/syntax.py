"""What a text says, as a tree, before it is known what that means for an index.

`parse` makes it of a text, `describe` writes it down again, and `build` makes a Query of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """A word as it was typed; it may hold hyphens, signs, and several scripts."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words between quotes; with a `gap`, at most so many other words may stand between them."""

    text: str
    gap: int | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """A word of which only the beginning was typed: `diffus*`."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name of its field, the shortest one: `au:Holt`."""

    name: str
    value: Plain | Quoted | Beginning


@dataclass(frozen=True, slots=True)
class Every:
    """All parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any of the parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Without:
    part: Expression


Expression: TypeAlias = "Plain | Quoted | Beginning | Named | Every | Either | Without"


class Reason(StrEnum):
    """Why a part of a text was not read as it was meant."""

    UNKNOWN_FIELD = "unknown field"  # no field has this name
    BAD_VALUE = "bad value"  # the field cannot have this value
    UNBALANCED = "unbalanced"  # a quote or parenthesis without its partner
    LONE_OPERATOR = "lone operator"  # AND, OR or NOT with nothing beside it
    TOO_DEEP = "too deep"  # more parentheses inside of each other than are read
    TOO_LONG = "too long"  # the end of the text was not read


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a text that was not read as it was meant, but as words or not at all."""

    text: str
    reason: Reason


def describe(expression: Expression) -> str:
    """The expression as a text that is read the same way."""
    match expression:
        case Plain(text):
            return text
        case Beginning(text):
            return f"{text}*"
        case Quoted(text, None):
            return f'"{text}"'
        case Quoted(text, gap):
            return f'"{text}"~{gap}'
        case Named(name, value):
            return f"{name}:{describe(value)}"
        case Every(parts):
            return " ".join(f"({describe(part)})" if isinstance(part, Either) else describe(part) for part in parts)
        case Either(parts):
            return " OR ".join(f"({describe(part)})" if isinstance(part, Every) else describe(part) for part in parts)
        case Without(part):
            text = describe(part)
            # A hyphen before another sign is no minus.
            is_plain = not isinstance(part, Every | Either) and (text[0].isalnum() or text[0] == '"')
            return f"-{text}" if is_plain else f"-({text})"
