"""Whether what a text compares came back the other way round: "from 3.2 to 7.5" as 从 7.5 到 3.2."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from translation.spans.compare import key
from translation.spans.find import Span

_BETWEEN = re.compile(
    r"\b(?:to|than|over|versus|vs|outperform\w*|exceed\w*|surpass\w*|beats?|instead of|rather than|up to|down to"
    r"|against|compared (?:to|with))\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s*$|\bfrom\b[^,;.]{0,40}$", re.IGNORECASE)
# With these Chinese names the one that is compared with first.
_NUMBER = re.compile(r"^[-+±−~≈]?[\d,.]+(?:[eE][-+]?\d+)?\s?(?:[xX×](?![A-Za-z]))?")
_TURNED = re.compile(r"相比|相较|较之|比起|而不是|而非|代替|取代|替代|胜过|达到|基础上|之于|超过|高于|低于")


def exchanged(spans: Sequence[Span], source: str, theirs: Sequence[Span], target: str) -> bool:
    """Whether two numbers or two names with a comparison between them stand the other way round in the target, or two
    numbers have each other's units.

    Only neighbours that stand once on both sides are looked at.
    """
    for kind in ("number", "name"):
        ours = [span for span in spans if span.kind == kind]
        once = _once(ours)
        answers = _once([span for span in theirs if span.kind == kind])
        for one, other in itertools.pairwise(ours):
            a, b = key(one), key(other)
            if not {a, b} <= once.keys() & answers.keys():
                continue
            if _swapped(one, other, answers[a], answers[b]):
                return True
            if answers[a].start > answers[b].start and _is_turned(_comparison(source, one, other), target):
                return True
    return False


def _swapped(one: Span, other: Span, there: Span, other_there: Span) -> bool:
    """Whether each of two numbers has the unit of the other: 85 fs at 250 MHz as 250 fs at 85 MHz."""
    unit, other_unit = _unit(one), _unit(other)
    return unit != other_unit and (unit, other_unit) == (_unit(other_there), _unit(there))


def _unit(span: Span) -> str:
    return _NUMBER.sub("", span.text, count=1) if span.kind == "number" else ""


def _once(spans: list[Span]) -> dict[object, Span]:
    keys = [key(span) for span in spans]
    counts = Counter(keys)
    return {worth: span for worth, span in zip(keys, spans, strict=True) if counts[worth] == 1}


def _comparison(source: str, one: Span, other: Span) -> str | None:
    """The word that compares two spans; None where they are not compared."""
    between = source[one.end : other.start]
    marker = _BETWEEN.search(between)
    if not marker or len(between) > 60:
        return None
    word = marker[0].lower()
    return word if word != "to" or _FROM.search(source[: one.start]) else None


def _is_turned(word: str | None, target: str) -> bool:
    return word is not None and (word == "to" or not _TURNED.search(target))
