"""The rate limiter: how often each site may be asked, by all processes of this machine together.

A *budget* is one slot of the limiter: a file that holds the moment from which the next request may be sent. A process
acquires it by locking the file. It writes the moment for the next request, sends its own, and releases the lock when
the answer has come. So a site sees one connection and one rate, however many spiders and processes run. A request to
arxiv.org needs two budgets: that of arxiv.org and that of all of arXiv's hosts.

A refusal (429, 406, 5xx, no answer) moves the moment by Retry-After or by a wait that doubles each time. Scrapy's
retry middleware then sends the request again, and it waits here. A 403 stops the site for a day, for every process. No
site can stop it for longer: a moment more than a day ahead is ignored.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.budgets import BudgetState, open_shared, read_state, shared_folder, try_lock, write_state
from crawler.judgement import CompleteAlready, Forbidden, NotAsked, Unavailable
from crawler.settings import CrawlSettings
from crawler.sites import ARXIV, OTHER_DELAY, Site, site_of, sites

logger = logging.getLogger(__name__)

REFUSED = (406, 429)  # and every status from 500 on
DENIED = 403
STOPPED_SECONDS = 86_400.0  # after a denial; any longer wait is cut to this
_POLL_SECONDS = 0.25  # seconds; short, so that an interrupt is noticed at once
_LOCK_RETRY = (0.01, 0.05)  # seconds, from and to, between two attempts to lock a budget
_WARN_AFTER = 5.0  # seconds of waiting for another process before a warning is logged
_MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """A slot of the rate limiter: its file, the seconds between two requests, and the site's label for messages."""

    path: Path
    delay: float
    label: str


def budgets(url: str, settings: CrawlSettings, folder: Path) -> list[Budget]:
    """The budgets that a request to `url` needs. The order is always the same, so that no two requests deadlock."""
    rows = sites(settings)
    site = site_of(url, settings)
    if site is None:
        netloc = urlsplit(url).netloc.lower()
        return [Budget(folder / _file_name(netloc), OTHER_DELAY, netloc)]
    site_rows = [rows[site.group]] if site.group else []
    if site.delay is not None:
        site_rows.append(site)
    return [Budget(folder / _budget_file_name(row, rows[ARXIV]), row.delay or 0.0, row.label) for row in site_rows]


def _budget_file_name(row: Site, arxiv: Site) -> str:
    if row.url is not None:
        return _file_name(row.hosts[0])
    # Another arXiv (a mirror, the stand-in) has a budget of its own.
    return "arxiv-services" if "arxiv.org" in arxiv.hosts else f"{_file_name(arxiv.hosts[0])}-services"


def _file_name(netloc: str) -> str:
    return re.sub(r"[^\w.-]", "_", netloc)


class SiteStopped(Forbidden):
    """Raised by `Pace.turn`: the site has denied access, or asks for a wait longer than the setting `longest_wait`."""


class Held:
    """A lease: one budget, locked by this process, and its state."""

    def __init__(self, file: int, budget: Budget, now: float) -> None:
        self._file = file
        self.budget = budget
        self.state = _sanitised(read_state(file, torn=budget.delay), now)

    def write(self, state: BudgetState) -> None:
        self.state = state
        write_state(self._file, state)


def _sanitised(state: BudgetState, now: float) -> BudgetState:
    """The state with impossible moments set to 0.0: those more than a day ahead, which no site may ask for."""
    latest = now + STOPPED_SECONDS + 60
    return replace(
        state,
        next=state.next if state.next <= latest else 0.0,
        stopped=state.stopped if state.stopped <= latest else 0.0,
    )


class Pace:
    """The rate limiter: waits for budgets and notes in them how requests ended.

    `clock` gives seconds since 1970 and `chance` a number from 0 to 1; tests pass their own.
    """

    def __init__(
        self,
        settings: CrawlSettings,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Raises UnsafeFolder where the pace folder cannot be trusted."""
        self._settings = settings
        self.folder = shared_folder(settings.pace_folder)
        self._clock = clock
        self._chance = chance
        self._task_locks: dict[Path, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(
        self, url: str, cancelled: Callable[[], bool], still_due: Callable[[], bool] | None = None
    ) -> AsyncIterator[list[Held]]:
        """Acquire the budgets of `url`, wait until it may be asked, and hold them until the block ends.

        Yields a lease for each budget. Raises SiteStopped; Unavailable if a budget file cannot be used; NotAsked as
        soon as `cancelled()` is true; CompleteAlready if the budgets are held and `still_due()` is false.
        """
        async with AsyncExitStack() as stack:
            url_budgets = budgets(url, self._settings, self.folder)
            leases = [await self._hold(stack, budget, cancelled) for budget in url_budgets]
            if still_due is not None and not still_due():
                raise CompleteAlready("It is complete already.")
            while (wait := max(h.state.next for h in leases) - self._clock()) > 0:
                await self._sleep(min(wait, _POLL_SECONDS), cancelled)
            now = self._clock()
            for lease in leases:
                # Written before sending: if this process is killed, the next one still keeps the distance.
                lease.write(BudgetState(now + lease.budget.delay, lease.state.failures))
            yield leases

    async def _hold(self, stack: AsyncExitStack, budget: Budget, cancelled: Callable[[], bool]) -> Held:
        task_lock = self._task_locks.setdefault(budget.path, asyncio.Lock())
        await stack.enter_async_context(task_lock)
        if cancelled():
            raise NotAsked("The crawl is being stopped.")
        try:
            file = open_shared(budget.path.parent, budget.path.name)
        except OSError as error:
            raise Unavailable(f"{budget.path} cannot be used: {error.strerror or error}") from error
        stack.callback(os.close, file)
        since, has_warned = self._clock(), False
        while not try_lock(file):
            if not has_warned and self._clock() - since >= _WARN_AFTER:
                has_warned = True
                logger.warning("Another crawl of this machine is asking %s (%s): waiting", budget.label, budget.path)
            await self._sleep(_LOCK_RETRY[0] + (_LOCK_RETRY[1] - _LOCK_RETRY[0]) * self._chance(), cancelled)
        lease = Held(file, budget, self._clock())
        self._check(lease.state, budget)
        return lease

    def _check(self, state: BudgetState, budget: Budget) -> None:
        now = self._clock()
        if state.stopped > now:
            raise SiteStopped(
                f"{budget.label} has denied access, and nothing is sent to it until {_moment(state.stopped)} "
                f"({budget.path}; 'paperglot crawl --retry-refused' asks again at once)"
            )
        if state.next - now > max(self._settings.longest_wait, budget.delay):
            raise SiteStopped(
                f"{budget.label} asks to wait until {_moment(state.next)} "
                f"({budget.path}; 'paperglot crawl --retry-refused' asks again at once)"
            )

    async def _sleep(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        await asyncio.sleep(seconds)
        if cancelled():
            raise NotAsked("The crawl is being stopped.")

    def fared_well(self, leases: list[Held], pause: float | None = None) -> None:
        """Note an answer, which ends a row of refusals.

        `pause` is how many seconds the site asks to wait before the next request, although it answered.
        """
        for lease in leases:
            moment = lease.state.next
            if pause:
                moment = max(moment, self._clock() + min(pause, STOPPED_SECONDS))
            if lease.state.failures or moment != lease.state.next:
                lease.write(BudgetState(moment))

    def refused(self, leases: list[Held], retry_after: float | None) -> float:
        """Note a refusal. Returns the seconds until the next request may be sent, at most a day.

        `retry_after` is the wait in seconds that the site asked for, None if it did not.
        """
        failures = max(lease.state.failures for lease in leases)
        wait = self._settings.backoff * 2 ** min(failures, _MOST_DOUBLINGS) * (1 + self._chance() / 4)
        wait = float(min(max(wait, retry_after or 0.0), STOPPED_SECONDS))
        for lease in leases:
            lease.write(BudgetState(max(lease.state.next, self._clock() + wait), failures + 1))
        return wait

    def denied(self, leases: list[Held]) -> None:
        """Note a 403: the site is not asked for a day, since going on would look like an attack."""
        for lease in leases:
            lease.write(BudgetState(lease.state.next, stopped=self._clock() + STOPPED_SECONDS))


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def stops(settings: CrawlSettings, now: float) -> dict[str, float]:
    """The sites that may not be asked at `now`: name of the site → until when, in seconds since 1970.

    Raises UnsafeFolder where the pace folder cannot be trusted.
    """
    folder = shared_folder(settings.pace_folder)
    stopped_until: dict[str, float] = {}
    for site in sites(settings).values():
        for budget in budgets(f"{site.url}/", settings, folder) if site.url else []:
            state = _state_of(budget, now)
            until = max(state.stopped, state.next if state.next - now > settings.longest_wait else 0.0)
            if until > now:
                stopped_until[site.name] = max(stopped_until.get(site.name, 0.0), until)
    return stopped_until


def _state_of(budget: Budget, now: float) -> BudgetState:
    if not budget.path.exists():
        return BudgetState()
    try:
        file = open_shared(budget.path.parent, budget.path.name)
    except OSError:  # not a budget file: a crawl that needs it reports that
        return BudgetState()
    try:
        return _sanitised(read_state(file, torn=0.0), now)
    finally:
        os.close(file)


def lift(settings: CrawlSettings, now: float) -> list[str]:
    """Forget all refusals and long waits, so that every site is asked again. Returns the labels of the freed sites."""
    stopped_sites = stops(settings, now)
    folder = shared_folder(settings.pace_folder)
    for name in stopped_sites:
        for budget in budgets(f"{sites(settings)[name].url}/", settings, folder):
            try:
                file = open_shared(budget.path.parent, budget.path.name)
            except OSError:  # not a budget file, so that it stops nobody
                continue
            try:
                write_state(file, BudgetState())
            finally:
                os.close(file)
    return [sites(settings)[name].label for name in stopped_sites]


def retry_after(header: bytes | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, at most a day. The header holds seconds or a date.

    None if there is no header, or if it cannot be read.
    """
    text = (header or b"").decode("latin-1").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) <= 18 else math.inf
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    if not math.isfinite(seconds):
        return None
    return min(max(0.0, seconds), STOPPED_SECONDS)


_REMAINING = re.compile(r"\br=(\d{1,9})\b")
_RESET = re.compile(r"\bt=(\d{1,9})\b")


def rate_limit_pause(header: bytes | None) -> float | None:
    """The seconds until requests are allowed again, as a RateLimit header (`"api";r=0;t=55, "pages";r=80;t=300`) says.

    None if no policy is used up (`r=0`), or there is no such header.
    """
    pauses = []
    for policy in (header or b"").decode("latin-1").split(","):
        remaining, reset = _REMAINING.search(policy), _RESET.search(policy)
        if remaining and reset and int(remaining[1]) == 0:
            pauses.append(min(float(reset[1]), STOPPED_SECONDS))
    return max(pauses, default=None)
