"""Crawls for tests: each in a process of its own, as users run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent


def scrapy(*arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """Run `scrapy …` in the project."""
    return subprocess.run(
        [str(BIN / "scrapy"), *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=timeout
    )


def crawl(spider: str, timeout: float = 90, **arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `scrapy crawl <spider> -a name=value …`."""
    given = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return scrapy("crawl", spider, *given, timeout=timeout)
