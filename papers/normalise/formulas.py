r"""Finds the formulas in a text, in the same way for papers, page, search, translation and exports.

A formula stands between `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, or is an environment (`\begin{align}…\end{align}`). Dollars
are money, too: the text between the dollars of "$5 and $10" is not a formula.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# No pattern looks further than this for its end, so that a text of a million dollar signs is read quickly.
LONGEST = 1500
_SHORT = 80

# Each alternative begins with one of two characters, so that the search can skip to the next of these.
_FORMULA = re.compile(
    rf"\$(?<!\\\$)(?:\$(?P<display>[^$]{{1,{LONGEST}}}?)(?<!\\)\$\$"
    # Neither begins nor ends with a blank, and no digit follows,
    rf"|(?P<inline>(?!\s)(?:[^$\\]|\\.){{1,{LONGEST}}}?(?<!\s))\$(?!\d)"
    # unless it is short and holds what only formulas do: "$\sim$300", "$ x ^{{- \rho}}$".
    rf"|(?P<marked>(?=[^$]{{0,{_SHORT}}}[\\^_={{}}<>])[^$]{{1,{_SHORT}}}?)(?<!\\)\$)"
    r"|\\(?:\((?P<round>[^\\]*(?:\\(?![()])[^\\]*)*)\\\)"
    r"|\[(?P<square>[^\\]*(?:\\(?![\[\]])[^\\]*)*)\\\]"
    rf"|begin\{{(?P<name>\w{{1,20}}\*?)\}}.{{1,{LONGEST}}}?\\end\{{(?P=name)\}})",
    re.DOTALL,
)
# In an ordinary text, every formula stands between single dollars. Splitting it by these is three times as fast and has
# the same result.
_NOT_ORDINARY = re.compile(r"\\(?:[(\[$]|begin)")
_ORDINARY = re.compile(rf"[^$]*(?:\$(?!\s)[^$]{{1,{LONGEST}}}(?<![\s\\])\$(?!\d)[^$]*)*")
_BETWEEN_DOLLARS = re.compile(r"(\$[^$]+\$)")
_GROUPS = ("display", "inline", "marked", "round", "square")


class Formula(NamedTuple):
    """A formula of a text: where it stands, delimiters included, and the TeX between them."""

    start: int
    end: int
    tex: str


def find(text: str) -> list[Formula]:
    """The formulas of a text, in order; they do not overlap."""
    if "$" not in text and "\\(" not in text and "\\[" not in text and "\\begin" not in text:
        return []
    return [Formula(match.start(), match.end(), _tex(match)) for match in _FORMULA.finditer(text)]


def _tex(match: re.Match[str]) -> str:
    """The TeX between the delimiters; for an environment, the whole of it."""
    if match["name"] is not None:
        return match[0]
    return next(part for group in _GROUPS if (part := match[group]) is not None)


def split(text: str) -> list[str]:
    """The text in parts, prose and formulas by turns, prose first; joined they are the text."""
    if _ORDINARY.fullmatch(text) and not _NOT_ORDINARY.search(text):
        return _BETWEEN_DOLLARS.split(text)
    parts: list[str] = []
    at = 0
    for formula in find(text):
        parts += (text[at : formula.start], text[formula.start : formula.end])
        at = formula.end
    return [*parts, text[at:]]
