"""How often which site may be asked, for all processes of this machine.

A *budget* is a file that holds the moment from which the next request may be sent. Whoever asks locks it, writes the
moment after its own, sends, and lets go with the answer: so there is one connection and one pace however many spiders
and processes run. A request to arxiv.org takes part in two budgets, its own and the one of all of arXiv's hosts.

A refusal (429, 406, 5xx, no answer) moves the moment by Retry-After or a wait that doubles; Scrapy's retry middleware
then asks again, and waits here. A 403 stops the site for a day, for every process. No site can stop it for longer: a
moment that is further ahead than a day is not believed.
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
STOPPED_SECONDS = 86_400.0  # after a denial; and the most that any wait is believed
_STEP = 0.25  # so that an interrupt is noticed at once
_TAKEN = (0.01, 0.05)  # another process holds the budget
_SAID_AFTER = 5.0  # seconds for which another process holds it before that is said
_MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """A file, the seconds between two requests that take part in it, and whose it is."""

    path: Path
    delay: float
    label: str


def budgets(url: str, settings: CrawlSettings, folder: Path) -> list[Budget]:
    """The budgets that a request to `url` takes part in; always in the same order, so that none deadlock."""
    rows = sites(settings)
    site = site_of(url, settings)
    if site is None:
        netloc = urlsplit(url).netloc.lower()
        return [Budget(folder / _file_name(netloc), OTHER_DELAY, netloc)]
    both = [rows[site.group]] if site.group else []
    if site.delay is not None:
        both.append(site)
    return [Budget(folder / _file_of(row, rows[ARXIV]), row.delay or 0.0, row.label) for row in both]


def _file_of(row: Site, arxiv: Site) -> str:
    if row.url is not None:
        return _file_name(row.hosts[0])
    # Another arXiv (a mirror, the stand-in) has a pace of its own.
    return "arxiv-services" if "arxiv.org" in arxiv.hosts else f"{_file_name(arxiv.hosts[0])}-services"


def _file_name(netloc: str) -> str:
    return re.sub(r"[^\w.-]", "_", netloc)


class SiteStopped(Forbidden):
    """Raised by `Pace.turn`: the site has denied access, or asks for a longer wait than a run may last."""


class Held:
    """One budget, locked by this process."""

    def __init__(self, file: int, budget: Budget, now: float) -> None:
        self._file = file
        self.budget = budget
        self.state = _believed(read_state(file, torn=budget.delay), now)

    def write(self, state: BudgetState) -> None:
        self.state = state
        write_state(self._file, state)


def _believed(state: BudgetState, now: float) -> BudgetState:
    """The state without moments that no site may ask for and no clock of this machine can have meant."""
    latest = now + STOPPED_SECONDS + 60
    return replace(
        state,
        next=state.next if state.next <= latest else 0.0,
        stopped=state.stopped if state.stopped <= latest else 0.0,
    )


class Pace:
    """Waits for budgets, and notes in them how requests fared. The clock and chance are arguments."""

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
        self._here: dict[Path, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(
        self, url: str, cancelled: Callable[[], bool], still_due: Callable[[], bool] | None = None
    ) -> AsyncIterator[list[Held]]:
        """Wait until `url` may be asked and hold its budgets until the block ends.

        Raises SiteStopped; NotAsked as soon as `cancelled()`; CompleteAlready when its turn has come and it is not
        `still_due()`.
        """
        async with AsyncExitStack() as stack:
            budgets_taken = budgets(url, self._settings, self.folder)
            held = [await self._hold(stack, budget, cancelled) for budget in budgets_taken]
            if still_due is not None and not still_due():
                raise CompleteAlready("It is complete already.")
            while (wait := max(h.state.next for h in held) - self._clock()) > 0:
                await self._rest(min(wait, _STEP), cancelled)
            now = self._clock()
            for one in held:
                # Before sending: killed in the middle, the next process still keeps the distance.
                one.write(BudgetState(now + one.budget.delay, one.state.failures))
            yield held

    async def _hold(self, stack: AsyncExitStack, budget: Budget, cancelled: Callable[[], bool]) -> Held:
        here = self._here.setdefault(budget.path, asyncio.Lock())
        await stack.enter_async_context(here)
        if cancelled():
            raise NotAsked("The crawl is being stopped.")
        try:
            file = open_shared(budget.path.parent, budget.path.name)
        except OSError as error:
            raise Unavailable(f"{budget.path} cannot be used: {error.strerror or error}") from error
        stack.callback(os.close, file)
        since, said = self._clock(), False
        while not try_lock(file):
            if not said and self._clock() - since >= _SAID_AFTER:
                said = True
                logger.warning("Another crawl of this machine is asking %s (%s): waiting", budget.label, budget.path)
            await self._rest(_TAKEN[0] + (_TAKEN[1] - _TAKEN[0]) * self._chance(), cancelled)
        held = Held(file, budget, self._clock())
        self._check(held.state, budget)
        return held

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

    async def _rest(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        await asyncio.sleep(seconds)
        if cancelled():
            raise NotAsked("The crawl is being stopped.")

    def fared_well(self, held: list[Held], pause: float | None = None) -> None:
        """Note an answer; `pause` is how long the site asks to wait before the next request all the same."""
        for one in held:
            moment = one.state.next
            if pause:
                moment = max(moment, self._clock() + min(pause, STOPPED_SECONDS))
            if one.state.failures or moment != one.state.next:
                one.write(BudgetState(moment))

    def refused(self, held: list[Held], retry_after: float | None) -> float:
        """Note a refusal; how long it is waited now, in seconds, at most a day."""
        failures = max(one.state.failures for one in held)
        wait = self._settings.backoff * 2 ** min(failures, _MOST_DOUBLINGS) * (1 + self._chance() / 4)
        wait = float(min(max(wait, retry_after or 0.0), STOPPED_SECONDS))
        for one in held:
            one.write(BudgetState(max(one.state.next, self._clock() + wait), failures + 1))
        return wait

    def denied(self, held: list[Held]) -> None:
        """Note a 403: going on after one is taken for an attack."""
        for one in held:
            one.write(BudgetState(one.state.next, stopped=self._clock() + STOPPED_SECONDS))


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def stops(settings: CrawlSettings, now: float) -> dict[str, float]:
    """The sites that may not be asked at `now`, and until when: name of the site → seconds since 1970."""
    folder = shared_folder(settings.pace_folder)
    found: dict[str, float] = {}
    for site in sites(settings).values():
        for budget in budgets(f"{site.url}/", settings, folder) if site.url else []:
            state = _state_of(budget, now)
            until = max(state.stopped, state.next if state.next - now > settings.longest_wait else 0.0)
            if until > now:
                found[site.name] = max(found.get(site.name, 0.0), until)
    return found


def _state_of(budget: Budget, now: float) -> BudgetState:
    if not budget.path.exists():
        return BudgetState()
    try:
        file = open_shared(budget.path.parent, budget.path.name)
    except OSError:  # not a budget file: a crawl says so where it needs one
        return BudgetState()
    try:
        return _believed(read_state(file, torn=0.0), now)
    finally:
        os.close(file)


def lift(settings: CrawlSettings, now: float) -> list[str]:
    """Forget all refusals and long waits, so that every site is asked again; the sites that had one."""
    stopped = stops(settings, now)
    folder = shared_folder(settings.pace_folder)
    for name in stopped:
        for budget in budgets(f"{sites(settings)[name].url}/", settings, folder):
            try:
                file = open_shared(budget.path.parent, budget.path.name)
            except OSError:  # not a budget file, so that it stops nobody
                continue
            try:
                write_state(file, BudgetState())
            finally:
                os.close(file)
    return [sites(settings)[name].label for name in stopped]


def retry_after(header: bytes | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, at most a day; it holds seconds or a date.

    None where there is none, or none that can be meant.
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

    None while some are allowed.
    """
    pauses = []
    for policy in (header or b"").decode("latin-1").split(","):
        remaining, reset = _REMAINING.search(policy), _RESET.search(policy)
        if remaining and reset and int(remaining[1]) == 0:
            pauses.append(min(float(reset[1]), STOPPED_SECONDS))
    return max(pauses, default=None)
