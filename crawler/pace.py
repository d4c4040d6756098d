"""The only way to the wire: how often which site may be asked, for all processes of this machine.

A *budget* is a file that holds the moment from which the next request may be sent. Whoever asks locks it,
writes the moment after its own, sends, and lets go with the answer: so there is one connection and one pace
however many spiders and processes run. A request to arxiv.org takes part in two budgets, its own and the one
of all of arXiv's hosts.

A refusal (429, 406, 5xx, no answer) moves the moment by Retry-After or a wait that doubles; Scrapy's retry
middleware then asks again, and waits here. A 403 stops the site for a day, for every process.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.configuration import CrawlSettings

logger = logging.getLogger(__name__)

ARXIV_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org", "rss.arxiv.org", "oaipmh.arxiv.org")
REFUSED = (406, 429)  # and every status from 500 on
DENIED = 403
STOPPED_SECONDS = 86_400
_STEP = 0.25  # so that an interrupt is noticed at once
_TAKEN = (0.01, 0.05)  # another process holds the budget
_MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """A file, and the seconds between two requests that take part in it."""

    path: Path
    delay: float


def budgets(url: str, settings: CrawlSettings) -> list[Budget]:
    """The budgets that a request to `url` takes part in; always in the same order, so that none deadlock."""
    host = urlsplit(url).netloc.lower()
    arxiv, huggingface = (urlsplit(u).netloc.lower() for u in (settings.arxiv_url, settings.huggingface_url))

    def file(name: str, delay: float) -> Budget:
        return Budget(settings.pace_folder / name.replace(":", "_"), delay)

    if host in ARXIV_HOSTS:
        all_hosts = file("arxiv-services", settings.arxiv_services_delay)
        return [all_hosts, file(host, settings.arxiv_delay)] if host.endswith(ARXIV_HOSTS[0]) else [all_hosts]
    if host == arxiv:
        return [file(f"{host}-services", settings.arxiv_services_delay), file(host, settings.arxiv_delay)]
    if host == huggingface:
        return [file(host, settings.huggingface_delay)]
    return [file(host, settings.arxiv_services_delay)]


@dataclass(slots=True)
class _State:
    next: float = 0.0  # seconds since 1970
    failures: int = 0
    stopped: float = 0.0  # until when nothing is sent


class SiteStopped(IgnoreRequest):
    """Raised by the handler: the site has denied access, or asks for a longer wait than a run may last."""


class Held:
    """One budget, locked by this process."""

    def __init__(self, file: int, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self.state = self._read()

    def _read(self) -> _State:
        content = os.pread(self._file, 4096, 0)
        if not content:
            return _State()
        try:
            found = json.loads(content)
            return _State(float(found["next"]), int(found["failures"]), float(found["stopped"]))
        except (ValueError, KeyError, TypeError):
            # Torn by a crash: whoever tore it sent at most when it was last written.
            return _State(next=os.fstat(self._file).st_mtime + self._budget.delay)

    def write(self, state: _State) -> None:
        self.state = state
        content = json.dumps({"next": state.next, "failures": state.failures, "stopped": state.stopped}).encode()
        os.pwrite(self._file, content.ljust(160), 0)


class Pace:
    """Waits for budgets, and notes in them how requests fared. The clock and chance are arguments."""

    def __init__(
        self,
        settings: CrawlSettings,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._chance = chance
        self._here: dict[Path, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(self, url: str, wanted: Callable[[], bool]) -> AsyncIterator[list[Held]]:
        """Wait until `url` may be asked and hold its budgets until the block ends.

        Raises SiteStopped, and IgnoreRequest as soon as `wanted()` is false.
        """
        async with AsyncExitStack() as stack:
            taken = budgets(url, self._settings)
            held = [await self._hold(stack, budget, wanted) for budget in taken]
            while (wait := max(h.state.next for h in held) - self._clock()) > 0:
                await self._rest(min(wait, _STEP), wanted)
            now = self._clock()
            for found, budget in zip(held, taken, strict=True):
                # Before sending: killed in the middle, the next process still keeps the distance.
                found.write(_State(now + budget.delay, found.state.failures))
            yield held

    async def _hold(self, stack: AsyncExitStack, budget: Budget, wanted: Callable[[], bool]) -> Held:
        here = self._here.setdefault(budget.path, asyncio.Lock())
        await stack.enter_async_context(here)
        if not wanted():
            raise IgnoreRequest("The crawl is being stopped.")
        file = _open(budget.path)
        stack.callback(os.close, file)
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await self._rest(_TAKEN[0] + (_TAKEN[1] - _TAKEN[0]) * self._chance(), wanted)
        held = Held(file, budget)
        self._check(held.state, budget)
        return held

    def _check(self, state: _State, budget: Budget) -> None:
        now = self._clock()
        if state.stopped > now:
            raise SiteStopped(
                f"{budget.path.name} has denied access; nothing is sent to it for another "
                f"{_duration(state.stopped - now)} (remove {budget.path} once that is settled)."
            )
        if state.next - now > max(self._settings.longest_wait, budget.delay):
            raise SiteStopped(
                f"{budget.path.name} asks to wait another {_duration(state.next - now)}: run it again then."
            )

    async def _rest(self, seconds: float, wanted: Callable[[], bool]) -> None:
        await asyncio.sleep(seconds)
        if not wanted():
            raise IgnoreRequest("The crawl is being stopped.")

    def fared_well(self, held: list[Held]) -> None:
        for found in held:
            if found.state.failures:
                found.write(_State(found.state.next))

    def refused(self, held: list[Held], retry_after: float | None) -> float:
        """Note a refusal; how long it is waited now, in seconds."""
        failures = max(found.state.failures for found in held)
        wait = self._settings.backoff * 2 ** min(failures, _MOST_DOUBLINGS) * (1 + self._chance() / 4)
        wait = float(max(wait, retry_after or 0.0))
        for found in held:
            found.write(_State(max(found.state.next, self._clock() + wait), failures + 1))
        return wait

    def denied(self, held: list[Held]) -> None:
        """Note a 403: going on after one is taken for an attack."""
        for found in held:
            found.write(_State(found.state.next, stopped=self._clock() + STOPPED_SECONDS))


def _open(path: Path) -> int:
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):
            path.parent.chmod(0o1777)  # another user's crawl keeps the same pace
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    with suppress(PermissionError):
        os.fchmod(file, 0o666)
    return file


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def retry_after(header: bytes | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for; it holds seconds or a date."""
    text = (header or b"").decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now) if text else None
    except (ValueError, TypeError):
        return None


class PacedHandler:
    """Scrapy's HTTP handler behind the pace."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._pace = Pace(CrawlSettings.load())
        self._handler = HTTP11DownloadHandler.from_crawler(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PacedHandler:
        return cls(crawler)

    def _wanted(self) -> bool:
        """False from the moment of a Ctrl-C or CloseSpider: not one request more."""
        engine = self._crawler.engine
        slot = getattr(engine, "_slot", None)
        return bool(self._crawler.crawling) and not (slot is not None and slot.closing)

    async def download_request(self, request: Request) -> Response:
        try:
            async with self._pace.turn(request.url, self._wanted) as held:
                return await self._send(request, held)
        except SiteStopped as stopped:
            logger.error("%s", stopped)
            raise

    async def _send(self, request: Request, held: list[Held]) -> Response:
        try:
            response = await self._handler.download_request(request)
        except Exception as error:
            wait = self._pace.refused(held, None)
            logger.warning("%s did not answer (%s): waiting %.0f s", request.url, type(error).__name__, wait)
            raise
        if response.status == DENIED:
            self._pace.denied(held)
            logger.error("%s answered 403: nothing more is sent to this site", request.url)
        elif response.status in REFUSED or response.status >= 500:
            wait = self._pace.refused(held, retry_after(response.headers.get("Retry-After"), time.time()))
            logger.warning("%s answered %d: waiting %.0f s", request.url, response.status, wait)
        else:
            self._pace.fared_well(held)
        return response

    async def close(self) -> None:
        await self._handler.close()
