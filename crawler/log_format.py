"""Logs each item by its address. A page has two hundred kilobytes and does not belong in a log."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

from papers.paper import Page


class PageLogFormatter(LogFormatter):
    """Scrapy's log lines about items, with the address of a page instead of its contents."""

    def scraped(self, item: Any, response: Any, spider: Any) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "Read %(name)s", "args": {"name": _name(item)}}

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        default = super().dropped(item, exception, response, spider)
        return {**default, "msg": "Dropped: %(reason)s", "args": {"reason": exception}}

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        arguments = {"name": _name(item), "reason": repr(exception)}
        return {"level": logging.ERROR, "msg": "%(name)s could not be processed: %(reason)s", "args": arguments}


def _name(item: Any) -> str:
    return item.url if isinstance(item, Page) else type(item).__name__
