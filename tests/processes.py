"""Processes of the project as tests run them, and waiting for what they do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def free_ports(count: int) -> list[int]:
    """Ports that nobody listened at a moment ago, each another one."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_until(
    reached: Callable[[], object], process: subprocess.Popen[Any] | None = None, seconds: float = 120
) -> None:
    """Come back once it is so, or `process` has ended. A busy machine is slow, and the niced workers starve on it."""
    end = time.monotonic() + seconds
    while not reached() and (process is None or process.poll() is None):
        assert time.monotonic() < end, f"not so after {seconds:.0f} s"
        time.sleep(0.01)


def scrapy(*arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """Run `scrapy …` in the project."""
    return subprocess.run(
        [str(BIN / "scrapy"), *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=timeout
    )


def crawl(spider: str, timeout: float = 90, **arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `scrapy crawl <spider> -a name=value …`."""
    given = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return scrapy("crawl", spider, *given, timeout=timeout)
