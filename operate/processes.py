"""Starts steps as processes, asks them to stop, and waits for them.

Each process has its own session: Ctrl-C in the terminal reaches only the process that runs the steps, which asks them
to stop.
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

# How our own command is started: with the same Python, so that nothing has to be on the PATH.
PAPERGLOT: tuple[str, ...] = (sys.executable, "-m", "cli.app")
SCRAPY: tuple[str, ...] = (sys.executable, "-m", "scrapy")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A container is killed ten seconds after the signal to stop.
SECONDS_TO_STOP = 8.0
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_HEAR = 5.0
OURS = "paperglot: "  # the prefix of every error sentence

Process = subprocess.Popen[bytes]


class Stop:
    """Whether this process was asked to stop. It passes the request on to the processes that it watches."""

    def __init__(self) -> None:
        self.told_at: float | None = None  # by time.monotonic()
        self._event = threading.Event()
        self._processes: list[Process] = []

    @property
    def told(self) -> bool:
        return self.told_at is not None

    def tell(self) -> None:
        """Note the request to stop, and pass it on to every watched process."""
        if self.told_at is None:
            self.told_at = time.monotonic()
        self._event.set()
        for process in self._processes:
            tell(process)

    def pause(self, seconds: float) -> bool:
        """Wait this long, or until it is asked to stop; returns whether it was asked."""
        return self._event.wait(seconds)

    def watch(self, process: Process) -> None:
        """Pass a request to stop on to this process, too: at once where it has already come."""
        self._processes = [earlier for earlier in self._processes if earlier.poll() is None] + [process]
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
    """Call `handler` within the block for the signals that ask a process to end."""
    # Ignored signals stay ignored: a process under `nohup` outlives its terminal.
    signal_numbers = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    former_handlers = {number: signal.signal(number, handler) for number in signal_numbers}
    try:
        yield
    finally:
        for number, former_handler in former_handlers.items():
            signal.signal(number, former_handler)


def start(command: Sequence[str], *, lock: int, merged: bool = False) -> Process:
    """Start a step, which holds the lock of runs as long as it lasts.

    With `merged`, all that it writes can be read from the process. Without, only its stderr can; where that is a
    terminal, nothing can, and the step draws its progress there.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if merged else None,
        stderr=subprocess.STDOUT if merged else None if sys.stderr.isatty() else subprocess.PIPE,
        start_new_session=True,
        pass_fds=(lock,),
    )


def start_beside(command: Sequence[str], errors: IO[bytes], *, nice: int) -> Process:
    """Start a worker at a low priority; its stderr goes into `errors`."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
    )
    with suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return process


def pass_on(line: str) -> None:
    """Write a line of a step to our own stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Hearing:
    """Reads what a process writes, passes it on to `say`, and keeps its last error sentence in `sentence`.

    On a full disk the process itself cannot store that sentence.
    """

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
        """Read the rest of the output after the process has ended.

        This takes SECONDS_TO_HEAR at most: a process that it started may keep the pipe open.
        """
        self._thread.join(SECONDS_TO_HEAR)


def sentence_of(output: str) -> str | None:
    """The last error sentence of ours in what a process wrote; None where there is none."""
    lines = [line.removeprefix(OURS) for line in output.splitlines() if line.startswith(OURS)]
    return lines[-1].strip() if lines else None


def tell(process: Process) -> None:
    """Ask a process to stop."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)


def wait(process: Process, stop: Stop, look: Callable[[], None] = lambda: None) -> int:
    """Wait for a process and return its exit code: negative where a signal ended it. Calls `look` now and then.

    A process that still runs SECONDS_TO_STOP after the request to stop is killed. Nothing that it has stored is lost.
    """
    stop.watch(process)
    while True:
        try:
            return process.wait(SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            if stop.told_at is not None and time.monotonic() - stop.told_at > SECONDS_TO_STOP:
                process.kill()
            look()
