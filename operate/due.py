"""What is to be run now: a pure function of the jobs, how each went last, and the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from operate import times
from operate.settings import Job
from papers.runs import RunOutcome, RunRecord

# A failed step is tried again after these times; then it waits for the next due time.
RETRIES = (timedelta(minutes=10), timedelta(minutes=60))

Lasts = Mapping[str, RunRecord | None]  # job → its last run


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: what of a job, for which due time. `made_up` due times before it were missed."""

    job: str
    at: datetime
    steps: tuple[str, ...]
    made_up: int = 0
    attempt: int = 1
    until: datetime | None = None  # then something else is due, and what has no end of its own lets it begin


def due(job: Job, last: RunRecord | None, now: datetime) -> Due | None:
    """What of a job is to be run at `now`; None where nothing is.

    A job that never ran is due at once. All due times since its last run are made up for by one run.
    """
    newest = times.last(job.at, job.zone, now)
    if last is None or last.due is None:
        return Due(job.name, newest or now, job.steps)
    if newest is not None and newest > last.due:
        return Due(job.name, newest, job.steps, made_up=times.between(job.at, job.zone, last.due, now) - 1)
    again = retry_at(last)
    if again is not None and again <= now:
        attempt = last.attempt + (last.outcome is not RunOutcome.STOPPED)
        return Due(job.name, last.due, _left(job, last), attempt=attempt)
    return None


def retry_at(last: RunRecord) -> datetime | None:
    """When a run is to be tried again; None where it is not.

    One that was stopped or killed goes on at once when there is somebody to do it.
    """
    if last.ended is None or last.outcome not in (RunOutcome.FAILED, RunOutcome.KILLED, RunOutcome.STOPPED):
        return None
    if last.outcome is RunOutcome.STOPPED:
        return last.ended
    if last.attempt > len(RETRIES):
        return None
    return last.ended if last.outcome is RunOutcome.KILLED else last.ended + RETRIES[last.attempt - 1]


def _left(job: Job, last: RunRecord) -> tuple[str, ...]:
    """The first step that did not succeed, and all after it: they build on it."""
    succeeded = (RunOutcome.OK, RunOutcome.INCOMPLETE, RunOutcome.SKIPPED)
    for step in last.steps:
        if step.outcome not in succeeded and step.name in job.steps:
            return job.steps[job.steps.index(step.name) :]
    taken = [job.steps.index(step.name) for step in last.steps if step.name in job.steps]
    return job.steps[max(taken, default=-1) + 1 :] or job.steps


def all_due(jobs: Sequence[Job], lasts: Lasts, now: datetime) -> list[Due]:
    """Everything that is to be run at `now`, in the order in which it was due."""
    found = [one for job in jobs if (one := due(job, lasts.get(job.name), now)) is not None]
    until = min(next(times.after(job.at, job.zone, now)) for job in jobs)
    return [replace(one, until=until) for one in sorted(found, key=lambda one: one.at)]


def next_at(jobs: Sequence[Job], lasts: Lasts, now: datetime) -> datetime:
    """When something is due next, after `now`."""
    moments = [next(times.after(job.at, job.zone, now)) for job in jobs]
    retries = [retry_at(last) for last in lasts.values() if last is not None]
    return min([*moments, *(moment for moment in retries if moment is not None and moment > now)])
