"""`scrapy crawl`, with bad arguments said in a sentence, one result for each planned listing, and their exit code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.configuration import CrawlSettings
from crawler.plan import Run
from crawler.report import FAILED, announcement, summary
from crawler.run import AnotherRun, alone, check, planned_listings, report_of, whole_report
from papers.calendar import utc_now
from papers.errors import PaperglotError


class Command(ScrapyCrawl):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one spider; 'scrapy list' shows them.", print_help=False)
        process = self.crawler_process
        assert process is not None
        one = Run(args[0], opts.spargs)
        try:
            check(process.spider_loader, one)
        except PaperglotError as error:
            raise UsageError(str(error), print_help=False) from error
        folder = Path(process.settings["PAPERGLOT_DATA"])
        try:
            with alone(folder, wait=False, say=_say):
                self._crawl(one, folder)
        except AnotherRun as error:
            _say(str(error))
            self.exitcode = error.exit_code

    def _crawl(self, one: Run, folder: Path) -> None:
        process = self.crawler_process
        assert process is not None
        _say(announcement(planned_listings(process.spider_loader, [one])))
        crawler = self._create_crawler(one.spider)
        process.crawl(crawler, **one.arguments)
        process.start()
        report = whole_report([report_of(one.spider, crawler)], folder, CrawlSettings.load(), utc_now())
        for line in [*report.spiders[0].trouble, *summary(report)]:
            _say(line)
        self.exitcode = FAILED if process.bootstrap_failed else report.exit_code


def _say(line: str) -> None:
    """On stderr: stdout may be where `-O -:jsonl` writes papers."""
    print(line, file=sys.stderr)
