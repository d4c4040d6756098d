"""What must come through a translation unaltered.

*Hard* spans mean nothing to a translator and are never shown to it: formulas, TeX, links, code. *Soft* ones
usually survive and help it to read the sentence: names of models and data sets, numbers, citations. They are
shown to it, and hidden only where they did not survive.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from papers.normalise import formulas

# No pattern looks further than this for its end: quotes such as `Name,'' open and never close.
_CODE = 120
_UNIT = r"(?:%|‰|°C|×|[kMGT]?(?:B|bit|FLOPs?|Hz|eV|pc)|[mnμ]?[ms]|dB|km|kg|K)"

_SPAN = re.compile(
    rf"""
    (?P<tex>~?\\[A-Za-z]+\*?(?:\[[^\]\n]{{0,200}}\])?(?:\{{[^{{}}]{{0,400}}\}})* )
  | (?P<link>(?:https?://|ftp://|www\.)[^\s<>"，。；、）]*[^\s<>"，。；、）.,;:!?)\]}}'] | https?://)
  | (?P<mail>[A-Za-z0-9][A-Za-z0-9._+-]{{0,64}}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)
  | (?P<doi>(?<![\w.])10\.\d{{4,9}}/[^\s，。；）]*[\w])
  | (?P<arxiv>(?<![A-Za-z])arXiv:\s?(?:\d{{4}}\.\d{{4,5}}|[a-z-]+/\d{{7}})(?:v\d+)?)
  | (?P<code>`[^`\n]{{1,{_CODE}}}`)
  | (?P<hash>(?<![A-Za-z0-9])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{{12,64}}(?![A-Za-z0-9]))
  | (?P<cite>\[\d{{1,3}}(?:\s*[,–-]\s*\d{{1,3}})*\])
  | (?P<name>(?<![A-Za-z0-9])(?:
        [A-Za-z]+(?:[-_/.][A-Za-z0-9]+)*[-_/.]?\d[A-Za-z0-9]*(?:[-_/.+][A-Za-z0-9]+)*\+*   # ResNet-50, GPT-4o, ViT-B/16
      | [A-Za-z0-9]+(?:_[A-Za-z0-9]+)+                                                     # snake_case
      | [A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+(?:-[A-Za-z0-9]+)*                                # ImageNet, LanternNet
      | [a-z]+[A-Z][A-Za-z0-9]*                                                            # arXiv, mBERT
      | [A-Z]{{2,}}[a-z]*(?:-[A-Z0-9][A-Za-z0-9]*)*\+*                                       # COCO, LLMs, BERT-L
      )(?![A-Za-z0-9]))
  | (?P<number>(?<![A-Za-z0-9.])[-+±]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s?{_UNIT}(?![A-Za-z]))?)
    """,
    re.VERBOSE | re.DOTALL,
)
HARD = frozenset({"math", "tex", "link", "mail", "doi", "arxiv", "code", "hash"})


class Span(NamedTuple):
    start: int
    end: int
    kind: str
    text: str

    @property
    def hard(self) -> bool:
        return self.kind in HARD


def find(text: str) -> list[Span]:
    """The protected spans of a text, in order; they do not overlap."""
    spans: list[Span] = []
    at = 0
    for formula in formulas.find(text):
        spans += _between(text, at, formula.start)
        spans.append(Span(formula.start, formula.end, "math", text[formula.start : formula.end]))
        at = formula.end
    return [*spans, *_between(text, at, len(text))]


def _between(text: str, start: int, end: int) -> list[Span]:
    """The spans of a stretch of prose; what stands before it still counts for what may begin there."""
    return [
        Span(match.start(), match.end(), str(match.lastgroup), match[0]) for match in _SPAN.finditer(text, start, end)
    ]


def without(text: str) -> str:
    """`text` with its spans taken out: what is left is prose."""
    parts, at = [], 0
    for span in find(text):
        parts.append(text[at : span.start])
        at = span.end
    return " ".join([*parts, text[at:]])


def kept(spans: list[Span], source: str, target: str) -> bool:
    """Whether each of these spans of `source` stands in `target` as often as there."""
    return all(count_of(text, target) == count_of(text, source) for text in {span.text for span in spans})


def count_of(text: str, where: str) -> int:
    """How often `text` stands somewhere by itself: the 5 of "15" is another number."""
    before = r"(?<![A-Za-z0-9])" if text[0].isascii() and text[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if text[-1].isascii() and text[-1].isalnum() else ""
    return len(re.findall(before + re.escape(text) + after, where))
