"""The text that a reader typed → what it says, as a tree. Never fails.

What cannot be read as it is meant is read as words, or not at all, and the result says so by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from indexer.analysis import EXACT, terms
from indexer.query.lex import Token, TokenKind, lex
from indexer.query.syntax import Beginning, Either, Every, Expression, Named, Plain, Quoted, Reason, Unread, Without

# A title or an abstract that somebody pastes fits. A longer text is cut.
MAX_CHARACTERS = 2000
MAX_CLAUSES = 64
# Words and Chinese characters in all: a clause may be a run of many.
MAX_TERMS = 400
MAX_DEPTH = 8
_LONGEST_GAP, _MOST_NEAR_WORDS = 10, 5

# An unknown name, a colon and a value; not "Re:", an address, or a time.
_LIKE_A_FIELD = re.compile(r"([a-z][a-z_]{1,14}):(?=[^\s/:.,;)])")
Accepts = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says, None where it says nothing, and what of it was not read as it was meant."""

    expression: Expression | None
    unread: tuple[Unread, ...] = ()


def parse(text: str, names: dict[str, str], accepts: Accepts) -> Parsed:
    """What `text` says. `names` are those of fields, each with the shortest one; `accepts` says whether a field, by
    its shortest name, can have a value."""
    parser = _Parser(tokens=list(lex(text[:MAX_CHARACTERS], names)), names=names, accepts=accepts)
    if len(text) > MAX_CHARACTERS:
        parser.note(text[MAX_CHARACTERS : MAX_CHARACTERS + 20], Reason.TOO_LONG)
    parts = list(parser.alternatives(0))
    return Parsed(_joined(Every, parts), tuple(dict.fromkeys(parser.unread)))


def _joined(kind: type[Every] | type[Either], parts: list[Expression]) -> Expression | None:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
    unique_parts = tuple(dict.fromkeys(flat))
    if not unique_parts:
        return None
    return unique_parts[0] if len(unique_parts) == 1 else kind(unique_parts)


@dataclass
class _Parser:
    tokens: list[Token]
    names: dict[str, str]
    accepts: Accepts
    place: int = 0
    clauses: int = 0
    terms: int = 0
    unread: list[Unread] = field(default_factory=list)

    def note(self, text: str, reason: Reason) -> None:
        self.unread.append(Unread(text[:60], reason))

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    # a b OR c d: OR joins what stands to its left and right, as far as the next OR or the end of the parenthesis.

    def alternatives(self, depth: int, name: str | None = None) -> Iterator[Expression]:
        """The parts up to the end or a closing parenthesis, all of which must hold."""
        sides: list[list[Expression]] = [[]]
        operators: list[str] = []
        while (token := self._peek()) is not None:
            match token.kind:
                case TokenKind.CLOSE:
                    if depth:
                        break
                    self._take()
                    self.note(")", Reason.UNBALANCED)
                case TokenKind.OR:
                    self._take()
                    operators.append(token.text)
                    sides.append([])
                case TokenKind.AND:
                    self._take()
                    following = self._peek()
                    if not sides[-1] or following is None or following.kind in (TokenKind.CLOSE, TokenKind.OR):
                        self.note(token.text, Reason.LONE_OPERATOR)
                case _:
                    sides[-1] += self._operand(depth, name)
        whole_sides = [side for side in (_joined(Every, side) for side in sides) if side is not None]
        if operators and len(whole_sides) < len(sides):
            self.note(operators[0], Reason.LONE_OPERATOR)
        if len(whole_sides) > 1:
            either = _joined(Either, whole_sides)
            yield from [either] if either else []
        elif whole_sides:
            (side,) = whole_sides
            yield from side.parts if isinstance(side, Every) else [side]

    def _operand(self, depth: int, name: str | None) -> list[Expression]:
        token = self._take()
        match token.kind:
            case TokenKind.NOT:
                return self._negated(token, depth, name)
            case TokenKind.OPEN:
                return self._group(depth, name)
            case TokenKind.FIELD:
                return self._field(token, depth)
            case TokenKind.UNCLOSED:
                self.note(token.text, Reason.UNBALANCED)
                return []
            case TokenKind.TAG:
                return [*self._leaf(Token(TokenKind.WORD, f"[{token.text}]"), name)]
            case _:
                return self._leaf(token, name)

    def _negated(self, token: Token, depth: int, name: str | None) -> list[Expression]:
        negations = 1
        while (following := self._peek()) is not None and following.kind is TokenKind.NOT:
            self._take()
            negations += 1
        if following is None or following.kind in (TokenKind.CLOSE, TokenKind.OR, TokenKind.AND):
            if token.text != "-":
                self.note(token.text, Reason.LONE_OPERATOR)
            return []
        part = _joined(Every, self._operand(depth, name))
        if part is None or negations % 2 == 0:
            return [part] if part else []
        return [part.part if isinstance(part, Without) else Without(part)]

    def _group(self, depth: int, name: str | None) -> list[Expression]:
        if depth == MAX_DEPTH:
            self.note("(", Reason.TOO_DEEP)
            return []
        parts = list(self.alternatives(depth + 1, name))
        if self._peek() is None:
            self.note("(", Reason.UNBALANCED)
        else:
            self._take()
        return parts

    def _field(self, token: Token, depth: int) -> list[Expression]:
        name = self.names[token.text]
        following = self._peek()
        if following is None or following.kind not in (TokenKind.OPEN, TokenKind.WORD, TokenKind.QUOTED):
            self.note(f"{token.text}:", Reason.BAD_VALUE)
            return []
        # Its value is one operand: what stands behind it is looked for everywhere.
        return self._operand(depth, name)

    def _leaf(self, token: Token, name: str | None) -> list[Expression]:
        following = self._peek()
        if following is not None and following.kind is TokenKind.TAG:
            self._take()
            if following.text.lower() in self.names:
                name = self.names[following.text.lower()]
            else:
                token = Token(token.kind, f"{token.text}[{following.text}]", token.gap)
        value = _value(token)
        term_count = len(terms(value.text, EXACT))
        if not term_count and name is None:
            return []
        if self.clauses == MAX_CLAUSES or self.terms + term_count > MAX_TERMS:
            if not self.clauses:  # one endless run
                return [Plain(value.text[:MAX_TERMS])]
            self.note(value.text, Reason.TOO_LONG)
            return []
        self.clauses += 1
        self.terms += term_count
        if name is None:
            if isinstance(value, Plain) and _LIKE_A_FIELD.match(value.text):
                self.note(value.text, Reason.UNKNOWN_FIELD)
            return [value]
        if not self.accepts(name, value.text + "*" * isinstance(value, Beginning)):
            self.note(f"{name}:{value.text}", Reason.BAD_VALUE)
            return [Plain(f"{name}:{value.text}")] if term_count else []
        return [Named(name, value)]


def _value(token: Token) -> Plain | Quoted | Beginning:
    if token.kind is TokenKind.QUOTED:
        words = token.text.split()
        if token.gap is None or not 1 < len(words) <= _MOST_NEAR_WORDS:
            return Quoted(token.text)
        return Quoted(token.text, min(token.gap, _LONGEST_GAP))
    start = token.text.rstrip("*")
    if start != token.text and len(terms(start, EXACT)) == 1:
        return Beginning(start)
    return Plain(token.text)
