"""A text → its tokens: words, quoted words, operators, parentheses, names of fields. Every text can be read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto


class TokenKind(Enum):
    WORD = auto()
    QUOTED = auto()
    FIELD = auto()  # a name and its colon
    TAG = auto()  # a name in brackets behind a word or quote: smith[au]
    AND = auto()
    OR = auto()
    NOT = auto()
    OPEN = auto()
    CLOSE = auto()
    UNCLOSED = auto()  # a quote without its partner


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    gap: int | None = None  # of QUOTED


_QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」", "『": "』", "„": "“", "«": "»"}
_OPERATORS = {"AND": TokenKind.AND, "OR": TokenKind.OR, "NOT": TokenKind.NOT, "ANDNOT": TokenKind.NOT}
_GAP = re.compile(r"~(\d{1,3})")
_TAG = re.compile(r"\[([A-Za-z]{2,12})\]")
_NAME = re.compile(r"([A-Za-z][A-Za-z_-]{0,14}):(?!//)")
# Signs of the query language, as a Chinese keyboard types them.
_WIDE = str.maketrans({"（": "(", "）": ")", "：": ":", "＂": '"', "－": "-", "　": " ", "＊": "*", "～": "~"})
# A word ends at a blank, a quote, or a parenthesis that it did not open itself.
_ENDS = frozenset(' \t\n\r\f\v"“”「」『』„«»')


def lex(text: str, names: Collection[str]) -> Iterator[Token]:
    """The tokens of a text, in order; `names` are those of fields, in small letters."""
    text = text.translate(_WIDE)
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace():
            place += 1
        elif character in _QUOTES:
            token, place = _quoted(text, place)
            yield token
            if tag := _TAG.match(text, place):
                yield Token(TokenKind.TAG, tag[1])
                place = tag.end()
        elif character == "(":
            yield Token(TokenKind.OPEN, "(")
            place += 1
        elif character == ")":
            yield Token(TokenKind.CLOSE, ")")
            place += 1
        elif character == "-" and _negates(text, place):
            yield Token(TokenKind.NOT, "-")
            place += 1
        elif (name := _NAME.match(text, place)) and name[1].lower() in names and _has_value(text, name.end()):
            yield Token(TokenKind.FIELD, name[1].lower())
            place = name.end()
        else:
            end = _end_of_word(text, place)
            yield from _word(text[place:end])
            place = end


def _quoted(text: str, place: int) -> tuple[Token, int]:
    end = text.find(_QUOTES[text[place]], place + 1)
    if end < 0:
        return Token(TokenKind.UNCLOSED, text[place]), place + 1
    gap = _GAP.match(text, end + 1)
    quoted_text = " ".join(text[place + 1 : end].replace('"', " ").split())
    return Token(TokenKind.QUOTED, quoted_text, int(gap[1]) if gap else None), gap.end() if gap else end + 1


def _negates(text: str, place: int) -> bool:
    """Whether the hyphen at the beginning of a word takes away what follows it at once. Two hyphens are a dash."""
    following = text[place + 1 : place + 2]
    return bool(following) and not following.isspace() and following not in "-.,;:"


def _has_value(text: str, place: int) -> bool:
    return bool(text[place:].strip(' \t\n.,;:)"'))


def _end_of_word(text: str, place: int) -> int:
    """Where the word at `place` ends. Parentheses inside of it belong to it if they are closed: f(x)."""
    opened: list[int] = []
    end = place
    while end < len(text) and text[end] not in _ENDS:
        if text[end] == "(":
            opened.append(end)
        elif text[end] == ")":
            if not opened:
                break
            opened.pop()
        end += 1
    return max(opened[0] if opened else end, place + 1)


def _word(text: str) -> Iterator[Token]:
    if operator := _OPERATORS.get(text):
        yield Token(operator, text)
    elif tag := _TAG.search(text):
        if tag.start() and tag.end() == len(text):
            yield Token(TokenKind.WORD, text[: tag.start()])
            yield Token(TokenKind.TAG, tag[1])
        else:
            yield Token(TokenKind.WORD, text)
    else:
        yield Token(TokenKind.WORD, text)
