"""Runs jobs when they are due: once, or in the foreground until it is asked to stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from operate import due as dues
from operate import runner
from operate.due import Due, Lasts
from operate.processes import Stop
from operate.runner import Place
from operate.settings import Job
from papers import locks
from papers.catalogue import Catalogue
from papers.errors import PaperglotError, UsageError
from papers.runs import RunOutcome, RunRecord
from papers.store import CatalogueMissing

# Seconds. After a sleep of the machine the clock is read within this time; the beat is never older than this.
LONGEST_PAUSE = 30.0
BEAT = "schedule.beat"
# A schedule whose last beat is older is taken for dead.
DEAD_AFTER = timedelta(minutes=2)

Pause = Callable[[float], bool]  # waits this many seconds; returns whether to stop


class UnknownJob(UsageError):
    """Raised by `Schedule.named`: the settings have no job of this name."""


class RunWatcher(Protocol):
    """Is told of every run that the schedule carries out; it raises nothing."""

    def begun(self, job: str) -> None: ...

    def ended(self, run: RunRecord) -> None: ...


class Schedule:
    """Runs the jobs of the settings on a data folder. `pause` is called to wait; by default `stop` does it."""

    def __init__(
        self, place: Place, jobs: Sequence[Job], watchers: Sequence[RunWatcher], stop: Stop, pause: Pause | None = None
    ) -> None:
        self._place = place
        self._jobs = {job.name: job for job in jobs}
        self._watchers = watchers
        self._stop = stop
        self._pause = pause or stop.pause

    def forever(self) -> None:
        """Run what is due, wait for what is due next, and so on until it is asked to stop.

        After an error of ours (a full disk, a catalogue of a newer version) it says so, and tries again a while later.
        """
        last_sentence = ""
        self._place = replace(self._place, beat=self._beat)
        while not self._stop.told:
            self._beat()
            try:
                if not self._run_what_is_due(wait=True):
                    last_sentence = self._say_next(last_sentence)
            except PaperglotError as error:
                self._place.say(str(error))
            if self._pause(self._seconds_to_next()):
                return

    def once(self, *, wait: bool) -> list[RunRecord]:
        """Run what is due now, and retry what failed when its retry is due; returns the last record of each job."""
        last_records: dict[str, RunRecord] = {}
        while not self._stop.told:
            last_records |= {record.job: record for record in self._run_what_is_due(wait=wait)}
            # Read anew, because another process may have tried again meanwhile, or be at it.
            lasts = [last for name, last in self._lasts().items() if last and name in last_records]
            last_records |= {last.job: last for last in lasts if last.ended}
            retry_times = [moment for last in lasts if (moment := dues.retry_at(last))]
            if not retry_times or self._stop.told:
                break
            self._place.say(f"What failed is tried again at {min(retry_times):%H:%M UTC}.")
            while self._place.now() < min(retry_times) and not self._pause(LONGEST_PAUSE):
                pass
        return list(last_records.values())

    def named(self, name: str, *, wait: bool) -> RunRecord | None:
        """Run a job now, due or not; returns its record, None where it was asked to stop first. Raises UnknownJob."""
        if name not in self._jobs:
            raise UnknownJob(f"There is no job '{name}' in [schedule]; there are {', '.join(self._jobs)}.")
        job, now = self._jobs[name], self._place.now()
        due_run = dues.due(job, None, now)
        assert due_run is not None
        with runner.alone(self._place, f"run {name}", self._stop, wait=wait) as lock:
            return None if lock is None else self._run(due_run, lock)

    def _run_what_is_due(self, *, wait: bool) -> list[RunRecord]:
        if not dues.all_due(list(self._jobs.values()), self._lasts(), self._place.now()):
            return []
        records: list[RunRecord] = []
        with runner.alone(self._place, "run --due", self._stop, wait=wait) as lock:
            if lock is not None:
                # Computed again: the process that held the lock may have run it.
                for due_run in dues.all_due(list(self._jobs.values()), self._lasts(), self._place.now()):
                    if not self._stop.told:
                        records.append(self._run(due_run, lock))
        return records

    def _run(self, due: Due, lock: int) -> RunRecord:
        self._place.say(_begun(due))
        for watcher in self._watchers:
            watcher.begun(due.job)
        record = runner.carry_out(self._place, due, self._stop, lock)
        for watcher in self._watchers:
            watcher.ended(record)
        self._place.say(_ended(record))
        return record

    def _lasts(self) -> Lasts:
        try:
            with Catalogue(self._place.folder) as catalogue:
                lasts = {name: catalogue.runs.last_of(name) for name in self._jobs}
        except CatalogueMissing:
            return dict.fromkeys(self._jobs)
        if any(last and last.ended is None for last in lasts.values()) and self._close_killed():
            return self._lasts()
        return lasts

    def _close_killed(self) -> bool:
        """Close the records of runs that were killed; returns False where a run is going on."""
        with locks.held(self._place.folder / locks.RUN, "schedule", self._place.now()) as lock:
            if lock is None:
                return False
            with Catalogue(self._place.folder, write=True) as catalogue:
                catalogue.runs.close_killed()
        return True

    def _next(self) -> datetime:
        return dues.next_at(list(self._jobs.values()), self._lasts(), self._place.now())

    def _seconds_to_next(self) -> float:
        with suppress(PaperglotError):
            seconds = (self._next() - self._place.now()).total_seconds()
            return min(max(seconds, 0.1), LONGEST_PAUSE)
        return LONGEST_PAUSE

    def _say_next(self, last_sentence: str) -> str:
        sentence = f"The next run is due at {self._next():%Y-%m-%d %H:%M UTC}."
        if sentence != last_sentence:
            self._place.say(sentence)
        return sentence

    def _beat(self) -> None:
        with suppress(OSError):
            beat = self._place.folder / BEAT
            beat.parent.mkdir(parents=True, exist_ok=True)
            beat.touch()
            moment = self._place.now().timestamp()
            os.utime(beat, (moment, moment))


def is_alive(folder: Path, now: datetime) -> bool:
    """Whether a schedule on this data folder has shown within the last two minutes that it goes on."""
    try:
        age = now.timestamp() - (folder / BEAT).stat().st_mtime
    except OSError:
        return False
    return age < DEAD_AFTER.total_seconds()


def _begun(due: Due) -> str:
    missed = f", which makes up for {due.made_up} missed before" if due.made_up else ""
    attempt = f", try {due.attempt}" if due.attempt > 1 else ""
    return f"{due.job}: {', '.join(due.steps)} (due {due.at:%Y-%m-%d %H:%M UTC}{missed}{attempt})."


def _ended(run: RunRecord) -> str:
    return f"{run.job}: {run.outcome.value}{'. ' if run.reasons else ''}{' '.join(run.reasons)}"


def exit_code(runs: Sequence[RunRecord | None]) -> int:
    """0 all went well; 1 something failed; 3 something is not there yet; 130 stopped."""
    outcomes = {run.outcome if run else RunOutcome.STOPPED for run in runs}
    if RunOutcome.STOPPED in outcomes:
        return runner.STOPPED
    if any(outcome.is_failure for outcome in outcomes):
        return 1
    return runner.INCOMPLETE if RunOutcome.INCOMPLETE in outcomes else 0
