"""What a campaign is: trials of several kinds, and how each ended."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Trial(NamedTuple):
    """One thing that is done to Paperglot. `run` gives a sentence about what fell, None where all held."""

    name: str
    run: Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is tried. `seconds` bound the kills of one engine, of which there are at least `kills`."""

    kills: int
    seconds: float
    requests: int
    values: int  # hostile values a field of a record
    files: int  # damages a file
    disks: int


USUAL = Scale(kills=40, seconds=360, requests=5_000, values=99, files=5, disks=12)
LONG = Scale(kills=200, seconds=2_400, requests=20_000, values=99, files=5, disks=40)
SMALL = Scale(kills=6, seconds=0, requests=200, values=3, files=1, disks=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kind of trial works: a folder of its own, chance, and a server for Elasticsearch or None."""

    folder: Path
    chance: random.Random
    scale: Scale
    elasticsearch: str | None = None


@dataclass(slots=True)
class Tally:
    """How the trials of one kind ended."""

    kind: str
    tried: int = 0
    fell: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def held(self) -> int:
        return self.tried - len(self.fell)


def carry_out(kind: str, trials: Iterable[Trial], say: Callable[[str], None]) -> Tally:
    """Run all trials of a kind; an exception of a trial's own is a fall."""
    tally = Tally(kind)
    begun = time.monotonic()
    for trial in trials:
        tally.tried += 1
        try:
            fault = trial.run()
        except Exception as error:
            fault = repr(error)[:300]
        if fault:
            tally.fell.append(f"{trial.name}: {fault}")
            say(f"FELL {kind}, {tally.fell[-1]}")
    tally.seconds = time.monotonic() - begun
    return tally


Kind = Callable[[Place], Iterator[Trial]]
