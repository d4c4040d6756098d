"""A text with its marks → segments, of which HTML is made today, Markdown and plain text tomorrow.

Nothing here knows what a segment looks like.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from indexer.results import Span
from papers.normalise import formulas

_ADDRESS = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）]*[^\s<>\"'`.,;:!?)\]}，。；：、！？（）]")


# Tuples, not dataclasses: a page makes two thousand of them, and they are made in a third of the time.
class Text(NamedTuple):
    """Characters; `is_marked` where a search matched them."""

    text: str
    is_marked: bool = False


class Formula(NamedTuple):
    """A formula: its TeX, and how it stands in the text, with the signs around it; `is_marked` where a part of it
    matched."""

    tex: str
    source: str
    is_marked: bool = False


class Link(NamedTuple):
    """An address of the web in a text, as it stands there."""

    address: str
    parts: tuple[Text, ...]


class Original(NamedTuple):
    """A sentence of a translation that stands in the original, in this language."""

    language: str
    segments: tuple[Segment, ...]


Segment = Text | Formula | Link | Original


def segments(text: str, marks: Sequence[Span] = (), *, addresses: bool = True) -> tuple[Segment, ...]:
    """The segments of a text, in order; () of an empty text.

    A formula is marked as a whole. Without `addresses` there is no Link: a title is one itself.
    """
    if not marks and text and "$" not in text and "\\" not in text and not (addresses and "://" in text):
        return (Text(text),)  # a name, nearly always
    return tuple(_segments(text, _Marks(marks), addresses))


def plain(segments: Sequence[Segment]) -> str:
    """The text of segments, with formulas as they stand in it."""
    parts = []
    for segment in segments:
        match segment:
            case Text(text):
                parts.append(text)
            case Formula(_, source):
                parts.append(source)
            case Link(address):
                parts.append(address)
            case Original(_, inner):
                parts.append(plain(inner))
            case _:
                assert_never(segment)
    return "".join(parts)


def _segments(text: str, marks: _Marks, addresses: bool) -> Iterator[Segment]:
    at = 0
    for start, end, tex in formulas.find(text):
        yield from _prose(text, at, start, marks, addresses)
        yield Formula(tex, text[start:end], any(True for _ in marks.within(start, end)))
        at = end
    yield from _prose(text, at, len(text), marks, addresses)


def _prose(text: str, start: int, end: int, marks: _Marks, addresses: bool) -> Iterator[Segment]:
    at = start
    if addresses and "://" in text[start:end]:
        for match in _ADDRESS.finditer(text, start, end):
            yield from _texts(text, at, match.start(), marks)
            yield Link(match[0], tuple(_texts(text, match.start(), match.end(), marks)))
            at = match.end()
    yield from _texts(text, at, end, marks)


def _texts(text: str, start: int, end: int, marks: _Marks) -> Iterator[Text]:
    at = start
    for mark_start, mark_end in marks.within(start, end):
        if at < mark_start:
            yield Text(text[at:mark_start])
        yield Text(text[mark_start:mark_end], is_marked=True)
        at = mark_end
    if at < end:
        yield Text(text[at:end])


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
