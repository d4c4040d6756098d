"""Finds the spans of a text: the parts that a translation must not alter.

*Hard* spans mean nothing to a model and are never shown to it: formulas, TeX, links, code, references. *Soft* spans
usually survive, and help the model to read the sentence: names of models and data sets, numbers, citations. They are
shown to it, and hidden only where they did not survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from papers.normalise import formulas
from translation.spans import names
from translation.spans.patterns import MATHEMATICS, PROSE, TAIL

HARD = frozenset({"math", "tex", "link", "mail", "doi", "arxiv", "code", "hash", "journal", "author", "cited"})
_LINK_ENDS = ".,;:!?'’]"
_MATHEMATICS = re.compile(f"[{MATHEMATICS}=+<>|]")
_MOST_WORDS = 4  # TeX or code with this many words is prose, which is translated
_PROSE_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}(?![A-Za-z])")
_SHOUTED = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?:[ -][A-Z]{2,}){2,}(?![A-Za-z])")


class Span(NamedTuple):
    """A part of a text that must stay as it is. `start` and `end` are its place, `text` its characters."""

    start: int
    end: int
    kind: str
    text: str

    @property
    def hard(self) -> bool:
        """Whether it is never shown to a model."""
        return self.kind in HARD


def find(text: str) -> list[Span]:
    """The protected spans of a text, in order; they do not overlap."""
    spans: list[Span] = []
    at = 0
    for formula in formulas.find(text):
        if formula.start < at:
            continue
        spans += _between(text, at, formula.start)
        tail = TAIL.match(text, formula.end)
        at = tail.end() if tail else formula.end
        spans.append(Span(formula.start, at, "math", text[formula.start : at]))
    spans += _between(text, at, len(text))
    return _without_shouting(text, spans) if _SHOUTED.search(text) else spans


def _between(text: str, start: int, end: int) -> Iterator[Span]:
    """The spans of a stretch without formulas. Patterns still see the text before `start` when they look back."""
    for match in PROSE.finditer(text, start, end):
        kind, first, content = str(match.lastgroup), match.start(), match[0]
        match kind:
            case "token":
                for part in names.parts(content):
                    yield Span(first + part.start, first + part.end, part.kind, content[part.start : part.end])
                continue
            case "link" | "domain" | "doi":
                kind, content = ("link" if kind == "domain" else kind), _link(content)
            case "formula":
                kind = "math"
            case "unicode":
                content = _balanced(content.rstrip(".,;:"))
                kind = "math" if _MATHEMATICS.search(content) else "name"
                if len(content) < 2:
                    continue
            case "product":
                kind = "name"
            case "tex" | "code" if len(_PROSE_WORD.findall(content)) >= _MOST_WORDS:
                content = content[: content.find("{")] if "{" in content else ""
            case _:
                pass
        if content:
            yield Span(first, first + len(content), kind, content)


def _link(text: str) -> str:
    """A link without the punctuation of the sentence after it; brackets of its own stay."""
    while text and (text[-1] in _LINK_ENDS or (text[-1] == ")" and text.count("(") < text.count(")"))):
        if text.endswith("://"):
            break  # an abstract was cut off here
        text = text[:-1]
    return text


def _balanced(text: str) -> str:
    for opening, closing in ("()", "[]"):
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1]
    return text


def _without_shouting(text: str, spans: list[Span]) -> list[Span]:
    """The spans without words that look like names only because a whole passage is in capitals."""
    shouted = [match.span() for match in _SHOUTED.finditer(text)]
    return [
        span
        for span in spans
        if span.kind != "name" or not span.text.isalpha() or not any(a <= span.start < b for a, b in shouted)
    ]


def without(text: str, instead: str = " ", spans: Sequence[Span] | None = None) -> str:
    """`text` with `instead` in place of each of its spans: only prose is left. `spans` saves looking for them again."""
    parts, at = [], 0
    for span in find(text) if spans is None else spans:
        parts.append(text[at : span.start])
        at = span.end
    return instead.join([*parts, text[at:]])
