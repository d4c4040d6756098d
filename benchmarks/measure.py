"""How something is timed here: CPU and wall seconds of several runs in turn, medians, ratios."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a benchmark's table. `target` is what the project promises, in words."""

    what: str
    figure: str
    target: str = ""


def timed(work: Callable[[], object]) -> float:
    """The wall seconds of one call, with the garbage of earlier ones out of the way."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(runs: int, *works: Callable[[], object]) -> list[float]:
    """The median wall seconds of each, run one after the other so that a slow minute hits all of them."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, durations in zip(works, times, strict=True):
            durations.append(timed(work))
    return [median(durations) for durations in times]


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
