"""Segments → HTML, here and nowhere else: escaped, with marks, formulas and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import assert_never

from delivery import formula
from delivery.segments import Formula, Link, Original, Segment, Text

_CLOSING = re.compile(r"[,.;:!?)\]，。；：！？、）」』”’]+")
# Further formulas of one text are shown as their source: each takes 0.3 ms, and no abstract of arXiv's has so many.
MOST_FORMULAS = 100


def to_html(segments: Sequence[Segment]) -> str:
    """The segments of one text as HTML: marks as `<mark>`, formulas as MathML or their source, addresses as links.

    A formula stays on one line with the punctuation after it: browsers would break between the two.
    """
    if len(segments) == 1 and isinstance(segments[0], Text):
        return _text(*segments[0])
    parts: list[str] = []
    formula_count = 0
    closing = ""  # what the formula before took of the text that follows it
    for segment, following in zip(segments, (*segments[1:], None), strict=False):
        match segment:
            case Text(text, is_marked):
                parts.append(_text(text[len(closing) :], is_marked))
                closing = ""
            case Formula():
                formula_count += 1
                mathml = formula.to_mathml(segment.tex) if formula_count <= MOST_FORMULAS else None
                closing = _closing(following) if mathml else ""
                shown = _formula(segment, mathml, closing)
                parts.append(f"<mark>{shown}</mark>" if segment.is_marked else shown)
            case Link():
                parts.append(_link(segment))
            case Original():
                inner = to_html(segment.segments)
                parts.append(f'<span class="refused" lang="{escape(segment.language)}">{inner}</span>')
            case _:
                assert_never(segment)
    return "".join(parts)


def _closing(following: Segment | None) -> str:
    """The punctuation with which what follows a formula begins."""
    punctuation = _CLOSING.match(following.text) if isinstance(following, Text) else None
    return punctuation[0] if punctuation else ""


def _formula(segment: Formula, mathml: str | None, closing: str) -> str:
    if mathml is None:
        return f'<code class="tex">{escape(segment.source)}</code>'
    return f'<span class="unbroken">{mathml}{escape(closing)}</span>' if closing else mathml


def _link(link: Link) -> str:
    shown = "".join(_text(text, is_marked) for text, is_marked in link.parts)
    return f'<a href="{escape(link.address)}" rel="noopener nofollow">{shown}</a>'


def _text(text: str, is_marked: bool) -> str:
    return f"<mark>{escape(text)}</mark>" if is_marked and text else escape(text)
