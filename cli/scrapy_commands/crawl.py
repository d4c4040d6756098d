"""`scrapy crawl` as Paperglot has it.

Bad arguments give a sentence, each planned listing has one result, and the exit code follows from the results.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from cli.output import say
from cli.steps import is_step, tell_run
from crawler.plan import Run
from crawler.report import FAILED, announcement, counts, failures, summary
from crawler.run import check, planned_listings, report_of, whole_report
from crawler.settings import CrawlSettings
from operate import processes, runner
from operate.steps import Step
from papers import calendar
from papers.errors import PaperglotError


class Command(ScrapyCrawl):
    """Crawls as a step of a run. Called by hand, it starts a run that has it as its step."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one spider; 'scrapy list' shows them.", print_help=False)
        process = self.crawler_process
        assert process is not None
        spider_run = Run(args[0], opts.spargs)
        try:
            check(process.spider_loader, spider_run)
        except PaperglotError as error:
            raise UsageError(str(error), print_help=False) from error
        _check_feeds(process.settings.getdict("FEEDS"))
        folder = Path(process.settings["PAPERGLOT_DATA"])
        os.environ["PAPERGLOT_DATA"] = str(folder)  # for the processes that it starts
        if is_step(folder):
            self._crawl(spider_run, folder)
            return
        try:
            self.exitcode = _as_run(folder)
        except PaperglotError as error:
            say(str(error))
            self.exitcode = error.exit_code

    def _crawl(self, spider_run: Run, folder: Path) -> None:
        process = self.crawler_process
        assert process is not None
        say(announcement(planned_listings(process.spider_loader, [spider_run])))
        crawler = self._create_crawler(spider_run.spider)
        process.crawl(crawler, **spider_run.arguments)
        process.start()
        report = whole_report([report_of(spider_run.spider, crawler)], folder, CrawlSettings.load(), calendar.utc_now())
        for line in [*report.spiders[0].trouble, *summary(report)]:
            say(line)
        tell_run("crawl", counts(report), failures(report))
        self.exitcode = FAILED if process.bootstrap_failed else report.exit_code


def _check_feeds(feeds: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise UsageError if a file of -o or -O cannot be written, or would be invalid when more is added to it."""
    for uri, options in feeds.items():
        parts = urlsplit(str(uri))
        if parts.scheme not in ("", "file", "stdout"):
            raise UsageError(f"{uri} cannot be written: name a file, or - for standard output.", print_help=False)
        path = Path(parts.path)
        if parts.scheme == "stdout" or (path.exists() and not path.is_file()):
            continue
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
            raise UsageError(f"{path} cannot be written: its folder is not one, or is read-only.", print_help=False)
        appends = not options.get("overwrite", False) and path.exists() and path.stat().st_size
        if appends and options.get("format") in ("json", "xml"):
            raise UsageError(
                f"{path} cannot be added to: a {options['format']} file has an end. Replace it with -O, or use jsonl.",
                print_help=False,
            )


def _as_run(folder: Path) -> int:
    """Carry out this command again, as a step of a run by hand. Returns the exit code."""
    arguments = ["crawl", *sys.argv[1:]]  # Scrapy has removed "crawl" from sys.argv
    place = runner.Place(folder, calendar.utc_now, say)
    with processes.stopping() as stop, runner.alone(place, " ".join(["scrapy", *arguments]), stop, wait=False) as lock:
        if lock is None:
            return runner.STOPPED
        return runner.by_hand(place, Step("crawl", ()), stop, lock, (*processes.SCRAPY, *arguments))
