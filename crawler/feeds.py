"""`scrapy crawl -O papers.jsonl`: one paper a row, in any of Scrapy's formats.

These spiders yield pages of papers as items. Here each page is split into papers, so that the exporters and the count
in the last log line see papers. A file is written under a temporary name and renamed when the crawl has ended. If no
paper came, because all were fetched before, an existing file stays as it is.
"""

from __future__ import annotations

import logging
import os
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from scrapy import Spider
from scrapy.exporters import CsvItemExporter, XmlItemExporter
from scrapy.extensions.feedexport import FeedExporter, FileFeedStorage

from papers.paper import Attempt, Page, Sighting

logger = logging.getLogger(__name__)

COLUMNS = (
    "id", "title", "authors", "abstract", "categories", "listing", "day", "announce_type", "version", "submitted",
    "comments", "journal_ref", "doi", "report_no", "licence", "upvotes", "code", "project", "keywords", "organisation",
    "summary", "figures", "html_figures", "source", "url",
)  # fmt: skip


def row(sighting: Sighting, page: Page) -> dict[str, Any]:
    """A paper as column → plain value. Every source has the same columns; a missing value is None."""
    values = {name: _plain(getattr(sighting, name)) for name in COLUMNS if name != "url"}
    return values | {"url": page.url}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


class PaperFeeds(FeedExporter):
    """Scrapy's feeds with one row a paper. A paper in the lists of several categories has one row for each list."""

    _several_lists: bool = False

    async def close_spider(self, spider: Spider) -> None:
        for slot in self.slots:
            if not slot.itemcount:
                logger.info("No papers came, so %s was left as it was", slot.uri)
            elif self._several_lists:
                logger.info("A cross-listed paper is in %s once for each list that it came in", slot.uri)
        await super().close_spider(spider)

    def item_scraped(self, item: Page | Attempt, spider: Spider) -> None:
        if isinstance(item, Page):
            for sighting in item.sightings:
                self._several_lists |= bool(sighting.listing)
                super().item_scraped(row(sighting, item), spider)


class PaperCsv(CsvItemExporter):
    """Joins lists by semicolons, since names contain commas. Appending to a file writes no second line of headings."""

    def __init__(self, file: IO[bytes], **options: Any) -> None:
        is_new = not (file.seekable() and file.tell() > 0)
        super().__init__(file, **({"join_multivalued": "; ", "include_headers_line": is_new} | options))


class PaperXml(XmlItemExporter):
    """Writes an empty element for a missing value, where Scrapy writes the word None."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        value = super().serialize_field(field, name, value)
        return "" if value is None else value


class AsideStorage(FileFeedStorage):
    """Writes a file under a temporary name and renames it when it is complete."""

    def open(self, spider: Spider) -> IO[Any]:
        """The temporary file; or the target itself, where it is appended to or is a device or pipe."""
        self._aside: Path | None = None
        target = Path(self.path)
        if self.write_mode == "ab" or (target.exists() and not target.is_file()):
            file: IO[Any] = super().open(spider)
            return file
        self._target = Path(os.path.realpath(target))
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._aside = self._target.with_name(f"{self._target.name}.part")
        return self._aside.open("wb")

    def store(self, file: IO[bytes]) -> None:
        file.close()
        if self._aside is not None:
            self._aside.replace(self._target)
