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

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def free_ports(count: int) -> list[int]:
    """Ports that nobody listened at a moment ago, each another one."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
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
    options = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return scrapy("crawl", spider, *options, timeout=timeout)


# A process whose clock stands at argv[1]: no test depends on the day on which it runs.
AT_A_TIME = """
import sys
from datetime import datetime
import papers.calendar
moment = datetime.fromisoformat(sys.argv[1])
papers.calendar.utc_now = lambda: moment
from operate import processes
again = (sys.executable, "-c", sys.orig_argv[2], sys.argv[1])
processes.PAPERGLOT, processes.SCRAPY = (*again, "paperglot"), (*again, "scrapy")
sys.argv = sys.argv[2:]
if sys.argv[0] == "scrapy":
    from scrapy.cmdline import execute as main
else:
    from cli.app import main
main()
"""


def at(moment: str, *command: str, cwd: Path = ROOT, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run `paperglot …` or `scrapy …` as if it were `moment`."""
    arguments = [sys.executable, "-c", AT_A_TIME, moment, *command]
    return subprocess.run(arguments, cwd=cwd, env=os.environ, capture_output=True, text=True, timeout=timeout)


def paperglot_at(moment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `paperglot …` as if it were `moment`."""
    return at(moment, "paperglot", *arguments)


NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="two users can only be played by root")
# Python itself may lie where the other user cannot read: everything is loaded first.
_AS_ANOTHER = """
import os, secrets, sys, urllib.parse
sys.path.insert(0, {root!r})
from pathlib import Path
{imports}
os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
{body}
"""


def as_another(imports: str, body: str) -> str:
    """Run a few lines as another user; what they print."""
    script = _AS_ANOTHER.format(nobody=NOBODY, root=str(ROOT), imports=imports, body=body)
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def open_to_others(folder: Path) -> None:
    """Let other users look into the folders above this one, and into it."""
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
