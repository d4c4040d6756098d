"""Bar charts over time, as the numbers of an SVG drawing: widths in per cent of the window, heights in pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from indexer.results import Bar

HEIGHT = 84
# Above the bars is room for the count of the highest one, below them for the labels of the axis.
_TOP, _BASE = 14, 66
_LEAST_HEIGHT = 2.0
_MOST_LABELS = 5
# A label that is so near to a side, in per cent, would stick out if it were centred.
_EDGE = 10
# If the highest bar is so many times as high as the median, heights are logarithmic: the others would not be seen.
_LOGARITHMIC_FROM = 10


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar: its place and width in per cent, its top and height in pixels, and the address of its papers."""

    address: str
    title: str
    x: float
    width: float
    y: float
    height: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A text below or above the bars. `anchor` is which part of it is at `x` per cent: start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[DrawnBar, ...]
    labels: tuple[Label, ...]
    is_logarithmic: bool
    height: int = HEIGHT
    base: int = _BASE


def draw(
    bars: Sequence[Bar],
    *,
    address: Callable[[Bar], str],
    title: Callable[[Bar], str],
    number: Callable[[int], str],
    chosen: Callable[[Bar], bool] = lambda bar: False,
) -> Chart | None:
    """The chart of at least two bars that follow each other; None where there is nothing to compare."""
    if len(bars) < 2:
        return None
    counts = [bar.count for bar in bars]
    is_logarithmic = max(counts) >= _LOGARITHMIC_FROM * median([count for count in counts if count] or [1])
    heights = _heights(counts, is_logarithmic)
    step = 100 / len(bars)
    drawn = tuple(
        DrawnBar(
            address=address(bar),
            title=title(bar),
            x=round(place * step, 3),
            width=round(step * 0.86, 3),
            y=round(_BASE - height, 1),
            height=round(height, 1),
            chosen=chosen(bar),
        )
        for place, (bar, height) in enumerate(zip(bars, heights, strict=True))
        if bar.count
    )
    highest = counts.index(max(counts))
    peak = [_label(highest, len(bars), _TOP - 4, number(counts[highest]))] if drawn else []
    return Chart(drawn, (*peak, *_axis(bars)), is_logarithmic)


def _heights(counts: Sequence[int], is_logarithmic: bool) -> list[float]:
    scale: Callable[[float], float] = math.log1p if is_logarithmic else float
    highest = scale(max(counts)) or 1.0
    return [max(_LEAST_HEIGHT, scale(count) / highest * (_BASE - _TOP)) for count in counts]


def _axis(bars: Sequence[Bar]) -> list[Label]:
    """The first and the last interval, and a few between them."""
    last = len(bars) - 1
    parts = min(_MOST_LABELS - 1, last)
    places = dict.fromkeys(round(last * part / parts) for part in range(parts + 1))
    return [_label(place, len(bars), HEIGHT - 4, _interval(bars[place], is_first=place == 0)) for place in places]


def _interval(bar: Bar, *, is_first: bool) -> str:
    if bar.first == bar.last:
        return f"{bar.first}" if is_first else f"{bar.first:%m-%d}"
    return f"{bar.first:%Y-%m}" if bar.first.month == bar.last.month else f"{bar.first:%Y}"


def _label(place: int, bar_count: int, y: float, text: str) -> Label:
    """A label at the middle of a bar, but within the drawing."""
    centre = (place + 0.43) * 100 / bar_count
    if centre < _EDGE:
        return Label(round(place * 100 / bar_count, 3), y, text, "start")
    if centre > 100 - _EDGE:
        return Label(round((place + 0.86) * 100 / bar_count, 3), y, text, "end")
    return Label(round(centre, 3), y, text)


def ending(bars: Sequence[Bar], newest: date | None) -> tuple[Bar, ...]:
    """The bars, of which the last one ends with the newest paper and not with its month or year."""
    if not bars or newest is None or not bars[-1].first <= newest < bars[-1].last:
        return tuple(bars)
    return (*bars[:-1], replace(bars[-1], last=newest))
