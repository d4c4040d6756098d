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
SECONDS_TO_HEAR = 5.0
OURS = "paperglot: "  # in front of every sentence about what went wrong

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

    with listening(lambda number, frame: stop.tell()):
        yield stop


@contextmanager
def listening(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Let `handler` have the signals that tell a process to end, within the block."""
    # What was ignored before stays so: `nohup` outlives its terminal.
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def start(command: Sequence[str], *, lock: int, merged: bool = False) -> Process:
    """Start a step, which keeps the lock of runs as long as it lasts. `merged`: all it writes can be heard, else what
    it writes on stderr, unless that is a terminal: there it draws how far it is."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if merged else None,
        stderr=subprocess.STDOUT if merged else None if sys.stderr.isatty() else subprocess.PIPE,
        start_new_session=True,
        pass_fds=(lock,),
    )


def start_beside(command: Sequence[str], errors: IO[bytes], *, nice: int) -> Process:
    """Start a worker at a low priority; what it says goes into `errors`."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
    )
    with suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return process


def pass_on(line: str) -> None:
    """Write a line of a step's on our own stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Hearing:
    """Hears what a process says, passes it on, and keeps its last sentence: on a full disk it can note it nowhere."""

    def __init__(self, process: Process, say: Callable[[str], None] = pass_on) -> None:
        self.sentence: str | None = None
        self._say = say
        self._thread = threading.Thread(target=self._pass_on, args=(process,), daemon=True)
        self._thread.start()

    def _pass_on(self, process: Process) -> None:
        for line in process.stdout or process.stderr or ():
            text = line.decode("utf-8", "replace").rstrip()
            self._say(text)
            self.sentence = sentence_of(text) or self.sentence

    def end(self) -> None:
        """After the process: wait for the rest of it. What it started itself may keep the pipe open, and is not waited
        for."""
        self._thread.join(SECONDS_TO_HEAR)


def sentence_of(said: str) -> str | None:
    """The last sentence of ours in what a process said."""
    lines = [line.removeprefix(OURS) for line in said.splitlines() if line.startswith(OURS)]
    return lines[-1].strip() if lines else None


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
