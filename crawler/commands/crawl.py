"""`scrapy crawl`, with bad arguments said in a sentence and an exit code that tells whether all went well."""

from __future__ import annotations

import argparse

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.outcome import of
from crawler.plan import Run
from crawler.run import check
from papers.errors import PaperglotError


class Command(ScrapyCrawl):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one spider; 'scrapy list' shows them.", print_help=False)
        process = self.crawler_process
        assert process is not None
        try:
            check(process.spider_loader, Run(args[0], opts.spargs))
        except PaperglotError as error:
            raise UsageError(str(error), print_help=False) from error
        crawler = self._create_crawler(args[0])
        process.crawl(crawler, **opts.spargs)
        process.start()
        outcome = of(args[0], crawler.stats.get_stats())
        if process.bootstrap_failed or outcome.stopped or outcome.failures:
            self.exitcode = 1
