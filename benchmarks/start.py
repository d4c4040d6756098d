"""How long the command line takes to start: the CPU of `paperglot --help` beyond an empty Python."""

from __future__ import annotations

import resource
import subprocess
import sys

from benchmarks.measure import Row


def run(runs: int = 9) -> list[Row]:
    """CPU seconds, user and system, of whole processes; medians."""
    empty = _median([sys.executable, "-c", "pass"], runs)
    help = _median([sys.executable, "-m", "cli.app", "--help"], runs)
    return [
        Row("python -c pass", f"{empty:.3f} s of CPU"),
        Row("paperglot --help", f"{help:.3f} s of CPU"),
        Row("difference", f"{help - empty:.3f} s", "under 0.3 s"),
    ]


def _median(command: list[str], runs: int) -> float:
    seconds = sorted(_cpu(command) for _ in range(runs))
    return seconds[len(seconds) // 2]


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
