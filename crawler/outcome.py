"""How a crawl went, from Scrapy's statistics: Scrapy itself calls nearly everything a success."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    spider: str
    papers: int
    new: int
    changed: int
    pages: int
    stopped: bool  # by Ctrl-C or a signal; the next run carries on
    failures: tuple[str, ...]  # sentences; empty where all went well, as far as it went


def of(spider: str, stats: dict[str, Any]) -> Outcome:
    """The outcome of a finished crawl."""
    failures = []
    reason = stats.get("finish_reason")
    if reason not in ("finished", "shutdown"):
        failures.append(f"It ended early ({reason or 'before it began'}); the next run carries on.")
    if ignored := stats.get("httperror/response_ignored_count"):
        failures.append(f"{_count(ignored, 'request was', 'requests were')} answered with an error.")
    if errors := stats.get("log_count/ERROR"):
        failures.append(f"{_count(errors, 'error is', 'errors are')} in the log above.")
    if unavailable := stats.get("robotstxt/unavailable"):
        requests = _count(unavailable, "request was", "requests were")
        failures.append(f"{requests} not sent because robots.txt could not be had.")
    return Outcome(
        spider=spider,
        papers=stats.get("paperglot/papers", 0),
        new=stats.get("paperglot/new", 0),
        changed=stats.get("paperglot/changed", 0),
        pages=stats.get("item_scraped_count", 0),
        stopped=reason == "shutdown",
        failures=tuple(failures),
    )


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
