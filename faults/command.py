"""The command line as the trials run it, and what must be true of every ending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
SECONDS = 120
CODES = (0, 1, 2, 3, 130)


class Ended:
    """How a command ended: its code and what it wrote."""

    def __init__(self, code: int, written: str) -> None:
        self.code = code
        self.written = written

    @property
    def fault(self) -> str | None:
        """What no ending may be: a traceback, a signal, a code that means nothing."""
        if "Traceback" in self.written:
            return f"a traceback: …{self.written[-200:]}"
        if self.code not in CODES:
            return f"it ended with {self.code}: …{self.written[-200:]}"
        return None


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command on this data folder, without the settings of whoever runs the campaign."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PAPERGLOT_")}
    return (
        inherited
        | {"PAPERGLOT_DATA": str(data), "XDG_CONFIG_HOME": str(data.parent / "no-settings"), "NO_COLOR": "1"}
        | more
    )


def start(data: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """`paperglot …` in a process group of its own."""
    return subprocess.Popen(
        [str(BIN / "paperglot"), *arguments],
        env=environment(data, **(settings or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=data.parent,
    )


def kill_all(process: subprocess.Popen[Any]) -> None:
    """Kill a process and every process that it started, and theirs, at once."""
    listed = [process.pid]
    for pid in listed:
        with suppress(OSError):
            listed += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for pid in listed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def run(data: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Ended:
    """Run `paperglot …` to its end. One that does not end within SECONDS is killed, which counts as a fault."""
    process = start(data, *arguments, settings=settings)
    try:
        written, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        written, _ = process.communicate()
        return Ended(-9, f"{written} (no end within {SECONDS} s)")
    return Ended(process.returncode, written)
