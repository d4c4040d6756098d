"""The part of a long text that a list shows: the first matches, or the beginning where nothing matched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from delivery.segments import Formula, Link, Original, Segment, Text

# Stands for a formula or a link, which are not cut.
_WHOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
# A text that is longer by less than this part is shown as a whole: cutting it would hide a few words.
_LEEWAY = 0.15
# So much of an excerpt may stand before the first match.
_BEFORE_MATCH = 0.3
_SENTENCE_END = re.compile(r"[.!?] |[。！？]")
_BREAK = re.compile(r" |(?<=[\u3000-\u9fff\uff00-\uffef])(?=.)")


class Excerpt(NamedTuple):
    """A part of a text, with "…" where something was cut off."""

    segments: tuple[Segment, ...]
    is_cut: bool


def excerpt(segments: Sequence[Segment], length: int) -> Excerpt:
    """About `length` characters of a text, from its beginning unless the first match would lie behind them."""
    if sum(map(_width, segments)) <= length * (1 + _LEEWAY):
        return Excerpt(tuple(segments), is_cut=False)
    plain, first_mark = _plain(segments)
    start = 0 if first_mark is None or first_mark[1] <= length else _start(plain, first_mark[0], length)
    end = _end(plain, start, start + length, at_least=first_mark[1] if first_mark else 0)
    parts = list(_slice(segments, start, end))
    before = [Text("… ")] if start else []
    after = [Text(" …")] if end < len(plain) else []
    return Excerpt((*before, *parts, *after), is_cut=True)


def _plain(segments: Sequence[Segment]) -> tuple[str, tuple[int, int] | None]:
    """The text as one string, and the span of its first mark in it."""
    pieces: list[str] = []
    first_mark = None
    at = 0
    for text, is_marked in _flat(segments):
        if is_marked and first_mark is None:
            first_mark = (at, at + len(text))
        pieces.append(text)
        at += len(text)
    return "".join(pieces), first_mark


def _flat(segments: Sequence[Segment]) -> Iterator[tuple[str, bool]]:
    for segment in segments:
        match segment:
            case Text(text, is_marked):
                yield text, is_marked
            case Formula():
                yield _WHOLE * _width(segment), segment.is_marked
            case Link():
                yield _WHOLE * _width(segment), any(part.is_marked for part in segment.parts)
            case Original(_, inner):
                yield from _flat(inner)
            case _:
                assert_never(segment)


def _width(segment: Segment) -> int:
    """How many characters wide a segment is shown, about."""
    match segment:
        case Text(text):
            return len(text)
        case Formula(tex):
            return max(1, len(tex) // 2)
        case Link(address):
            return len(address)
        case Original(_, inner):
            return sum(map(_width, inner))
        case _:
            assert_never(segment)


def _start(plain: str, mark: int, length: int) -> int:
    """Where an excerpt with a late match begins: with the sentence, if that is near, or else with a word."""
    earliest = max(0, mark - int(length * _BEFORE_MATCH))
    beginnings = [match.end() for match in _SENTENCE_END.finditer(plain, earliest, mark)]
    beginnings += [match.end() for match in _BREAK.finditer(plain, earliest, mark)]
    return beginnings[0] if beginnings else earliest


def _end(plain: str, start: int, limit: int, at_least: int) -> int:
    """Where an excerpt ends: after the last whole word or formula before `limit`."""
    if limit >= len(plain):
        return len(plain)
    end = max(limit, at_least)
    while end > max(start, at_least) and plain[end - 1] == _WHOLE and plain[end : end + 1] == _WHOLE:
        end -= 1
    breaks = [match.start() for match in _BREAK.finditer(plain, max(start, end - 40), end + 1)]
    return max([place for place in breaks if place >= at_least] or [end])


def _slice(segments: Sequence[Segment], start: int, end: int) -> Iterator[Segment]:
    """The segments between two places; a formula or a link that begins there is whole."""
    at = 0
    for segment in segments:
        width = _width(segment)
        first, last = max(start - at, 0), min(end - at, width)
        at += width
        if first >= last:
            continue
        match segment:
            case Text(text, is_marked):
                yield Text(text[first:last], is_marked)
            case Formula() | Link():
                if first == 0:
                    yield segment
            case Original(language, inner):
                yield Original(language, tuple(_slice(inner, first, last)))
            case _:
                assert_never(segment)
