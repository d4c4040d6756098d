"""Ordinary crawls on several days in one process, as if the days passed. Run as a program by the tests.

Arguments: the data folder; JSON: the moments of the crawls, and for each the faults of that day; the number of records
on a page of OAI-PMH. The stand-in runs in this process.

It prints JSON: for each day the requests by site, and the faults that were not met.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import papers.calendar

MOMENT = [datetime.fromisoformat("2026-11-16T14:15:00+00:00")]
papers.calendar.utc_now = lambda: MOMENT[0]

from crawler import scrapy_settings  # noqa: E402  (after the clock)
from crawler.plan import Run  # noqa: E402
from crawler.run import daily_runs, run  # noqa: E402
from crawler.settings import CrawlSettings  # noqa: E402
from replica.faults import Fault, named  # noqa: E402
from replica.reply import SITES  # noqa: E402
from replica.server import Replica  # noqa: E402
from replica.world import World  # noqa: E402

scrapy_settings.DOWNLOAD_TIMEOUT = 1


class Week:
    """Days of crawls: each begins when the one before has ended."""

    def __init__(self, folder: Path, stand_in: Replica, days: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.stand_in = stand_in
        self.days = days
        self.report: list[dict[str, Any]] = []
        self._faults: list[tuple[str, Fault]] = []
        self._open = 0
        self._then: Any = None

    def next_day(self) -> list[Run]:
        """The runs of the next day that has any; [] after the last day."""
        while self.days:
            self._end_day()
            day = self.days.pop(0)
            MOMENT[0] = datetime.fromisoformat(day["moment"])
            self.stand_in.today = MOMENT[0].date()
            # A refusal lasts for hours of the real clock.
            shutil.rmtree(os.environ["PAPERGLOT_CRAWL_PACE_FOLDER"], ignore_errors=True)
            self._faults = [(name, named(name, path, times)) for name, path, times in day.get("faults", ())]
            self.stand_in.faults[:] = [fault for _, fault in self._faults]
            runs, self._then = daily_runs(self.folder, CrawlSettings.load())
            self._open = len(runs)
            if runs:
                return runs
        return []

    def _end_day(self) -> None:
        requests = Counter(request.site for request in self.stand_in.requests if request.path != "/robots.txt")
        unmet = [name for name, fault in self._faults if fault.times == 99]
        self.report.append({"moment": str(MOMENT[0]), "requests": requests, "unmet": unmet})
        self.stand_in.requests.clear()

    def then(self, last: Run) -> list[Run]:
        further = list(self._then(last))
        self._open += len(further) - 1
        return further or ([] if self._open else self.next_day())

    def end(self) -> None:
        self._end_day()
        print(json.dumps(self.report[1:]))


def main() -> None:
    folder, days = Path(sys.argv[1]), json.loads(sys.argv[2])
    with Replica(World(papers_a_day=40), today=MOMENT[0].date(), records_a_page=int(sys.argv[3])) as stand_in:
        for site in SITES:
            os.environ[f"PAPERGLOT_CRAWL_SITES__{site.upper()}__URL"] = stand_in.url(site)
        week = Week(folder, stand_in, days)
        run(week.next_day(), folder, then=week.then, quiet=True)
        week.end()


if __name__ == "__main__":
    main()
