"""Finds numbers or names that a translation exchanged: "from 3.2 to 7.5" became 从 7.5 到 3.2."""

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
_NUMBER = re.compile(r"^[-+±−~≈]?[\d,.]+(?:[eE][-+]?\d+)?\s?(?:[xX×](?![A-Za-z]))?")
# With these words a Chinese sentence may name the two in the other order and still mean the same.
_TURNED = re.compile(r"相比|相较|较之|比起|而不是|而非|代替|取代|替代|胜过|达到|基础上|之于|超过|高于|低于")


def exchanged(spans: Sequence[Span], source: str, theirs: Sequence[Span], target: str) -> bool:
    """Whether the target has two compared numbers or names in the other order, or two numbers with each other's units.

    Only neighbours in the source are looked at that occur exactly once in both texts.
    """
    for kind in ("number", "name"):
        ours = [span for span in spans if span.kind == kind]
        unique_ours = _once(ours)
        unique_theirs = _once([span for span in theirs if span.kind == kind])
        for first, second in itertools.pairwise(ours):
            a, b = key(first), key(second)
            if not {a, b} <= unique_ours.keys() & unique_theirs.keys():
                continue
            if _swapped(first, second, unique_theirs[a], unique_theirs[b]):
                return True
            if unique_theirs[a].start > unique_theirs[b].start and _is_turned(
                _comparison(source, first, second), target
            ):
                return True
    return False


def _swapped(first: Span, second: Span, first_target: Span, second_target: Span) -> bool:
    """Whether each of two numbers has the unit of the other: 85 fs at 250 MHz as 250 fs at 85 MHz."""
    unit, second_unit = _unit(first), _unit(second)
    return unit != second_unit and (unit, second_unit) == (_unit(second_target), _unit(first_target))


def _unit(span: Span) -> str:
    return _NUMBER.sub("", span.text, count=1) if span.kind == "number" else ""


def _once(spans: list[Span]) -> dict[object, Span]:
    keys = [key(span) for span in spans]
    counts = Counter(keys)
    return {span_key: span for span_key, span in zip(keys, spans, strict=True) if counts[span_key] == 1}


def _comparison(source: str, first: Span, second: Span) -> str | None:
    """The word between two spans that compares them, in lower case; None where they are not compared."""
    between = source[first.end : second.start]
    marker = _BETWEEN.search(between)
    if not marker or len(between) > 60:
        return None
    word = marker[0].lower()
    return word if word != "to" or _FROM.search(source[: first.start]) else None


def _is_turned(word: str | None, target: str) -> bool:
    return word is not None and (word == "to" or not _TURNED.search(target))
