"""Steps as processes: how they are started, told to stop, and waited for.

Each has a session of its own: a Ctrl-C in the terminal reaches whoever runs the steps, which tells them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO

# How our own command is started. In the same Python: nothing has to be on the PATH.
PAPERGLOT: tuple[str, ...] = (sys.executable, "-m", "cli.app")
SCRAPY: tuple[str, ...] = (sys.executable, "-m", "scrapy")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A container is killed ten seconds after it was told to stop.
SECONDS_TO_STOP = 8.0
SECONDS_BETWEEN_LOOKS = 0.1

Process = subprocess.Popen[bytes]


class Stop:
    """Whether this process was told to stop, and the processes that are told, too."""

    def __init__(self) -> None:
        self.told_at: float | None = None
        self._event = threading.Event()
        self._processes: list[Process] = []

    @property
    def told(self) -> bool:
        return self.told_at is not None

    def tell(self) -> None:
        """Stop, and tell every process that was started."""
        if self.told_at is None:
            self.told_at = time.monotonic()
        self._event.set()
        for process in self._processes:
            tell(process)

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until it is told to stop, which it returns."""
        return self._event.wait(seconds)

    def watch(self, process: Process) -> None:
        self._processes = [one for one in self._processes if one.poll() is None] + [process]
        if self.told:
            tell(process)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Signals within the block are noted and passed on, instead of ending this process."""
    stop = Stop()

    def note(number: int, frame: FrameType | None) -> None:
        stop.tell()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start(
    command: Sequence[str],
    *,
    nice: int = 0,
    lock: int | None = None,
    quiet: bool = False,
    errors: IO[bytes] | None = None,
) -> Process:
    """Start a process that keeps the lock of runs as long as it lasts. `quiet`: what it says goes into `errors`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=errors or (subprocess.DEVNULL if quiet else None),
        start_new_session=True,
        pass_fds=() if lock is None else (lock,),
    )
    if nice:
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return process


def tell(process: Process) -> None:
    """Ask a process to stop."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)


def wait(process: Process, stop: Stop, look: Callable[[], None] = lambda: None) -> int:
    """The exit code of a process, once it has ended; `look` is called now and then meanwhile.

    A process that goes on for long after it was told to stop is killed: nothing that it keeps is lost by that.
    """
    stop.watch(process)
    while True:
        try:
            return process.wait(SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            if stop.told_at is not None and time.monotonic() - stop.told_at > SECONDS_TO_STOP:
                process.kill()
            look()
