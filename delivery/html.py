"""Text → HTML, here and nowhere else: escaped, with marks, formulas and links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import escape

from delivery import formula
from indexer.results import Span
from papers.normalise import formulas

_CLOSING = re.compile(r"[,.;:!?)\]，。；：！？、）」』”’]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）]*[^\s<>\"'`.,;:!?)\]}，。；：、！？（）]")
# Further formulas of one text are shown as their source: each takes 0.3 ms, and no abstract of arXiv's has so many.
MOST_FORMULAS = 100


class _Marks:
    """The marks of one text, looked up piece by piece. A piece costs the marks in it, not all marks."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans: list[Span] = []  # sorted, without overlaps
        for start, end in sorted(spans):
            if self._spans and start < self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            elif start < end:
                self._spans.append((start, end))
        self._ends = [end for _, end in self._spans]

    def within(self, start: int, end: int) -> Iterator[Span]:
        """The parts of marks between `start` and `end`, in order."""
        for position in range(bisect_right(self._ends, start), len(self._spans)):
            mark_start, mark_end = self._spans[position]
            if mark_start >= end:
                return
            yield max(mark_start, start), min(mark_end, end)


def to_html(text: str, marks: Sequence[Span] = (), *, addresses: bool = True) -> str:
    """`text` as HTML: marks as `<mark>`, formulas as MathML or their source, addresses as links.

    The part of a mark that lies in a formula is left out: no tag can be put into a formula. A formula stays on one line
    with the punctuation after it: browsers would break between the two.
    """
    parts: list[str] = []
    at = 0
    text_marks = _Marks(marks)
    for number, (start, end, tex) in enumerate(formulas.find(text)):
        parts.append(_prose(text, at, start, text_marks, addresses))
        mathml = formula.to_mathml(tex) if number < MOST_FORMULAS else None
        closing = _CLOSING.match(text, end) if mathml else None
        at = closing.end() if closing else end
        if closing:
            parts.append(f'<span class="unbroken">{mathml}{escape(closing[0])}</span>')
        else:
            parts.append(mathml or f'<code class="tex">{escape(text[start:end])}</code>')
    parts.append(_prose(text, at, len(text), text_marks, addresses))
    return "".join(parts)


def _prose(text: str, start: int, end: int, marks: _Marks, addresses: bool) -> str:
    if not addresses or "://" not in text[start:end]:
        return _marked(text, start, end, marks)
    parts: list[str] = []
    at = start
    for match in _ADDRESS.finditer(text, start, end):
        parts.append(_marked(text, at, match.start(), marks))
        shown = _marked(text, match.start(), match.end(), marks)
        parts.append(f'<a href="{escape(match[0])}" rel="noopener nofollow">{shown}</a>')
        at = match.end()
    return "".join([*parts, _marked(text, at, end, marks)])


def _marked(text: str, start: int, end: int, marks: _Marks) -> str:
    parts: list[str] = []
    at = start
    for mark_start, mark_end in marks.within(start, end):
        parts.append(escape(text[at:mark_start]))
        parts.append(f"<mark>{escape(text[mark_start:mark_end])}</mark>")
        at = mark_end
    return "".join([*parts, escape(text[at:end])])
