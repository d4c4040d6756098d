"""Decides what is to be run now: pure functions of the jobs, their last runs, and the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from operate import times
from operate.settings import Job
from papers.runs import RunOutcome, RunRecord

# A failed step is tried again after these times; then it waits for the next due time.
RETRIES = (timedelta(minutes=10), timedelta(minutes=60))

Lasts = Mapping[str, RunRecord | None]  # job → its last run, None where it never ran


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: which steps of a job, for which due time. `made_up` due times before it were missed."""

    job: str
    at: datetime
    steps: tuple[str, ...]
    made_up: int = 0
    attempt: int = 1
    until: datetime | None = None  # when a job is due next: a translation ends then, so that it can begin


def due(job: Job, last: RunRecord | None, now: datetime) -> Due | None:
    """The run of a job that is due at `now`; None where none is.

    A job that never ran is due at once. One run makes up for all due times since the last run.
    """
    newest = times.last(job.at, job.zone, now)
    if last is None or last.due is None:
        return Due(job.name, newest or now, job.steps)
    if newest is not None and newest > last.due:
        return Due(job.name, newest, job.steps, made_up=times.between(job.at, job.zone, last.due, now) - 1)
    retry_time = retry_at(last)
    if retry_time is not None and retry_time <= now:
        attempt = last.attempt + (last.outcome is not RunOutcome.STOPPED)
        return Due(job.name, last.due, _remaining_steps(job, last), attempt=attempt)
    return None


def retry_at(last: RunRecord) -> datetime | None:
    """When a run is to be tried again; None where it is not.

    A run that was stopped or killed is due again as soon as it has ended.
    """
    if last.ended is None or last.outcome not in (RunOutcome.FAILED, RunOutcome.KILLED, RunOutcome.STOPPED):
        return None
    if last.outcome is RunOutcome.STOPPED:
        return last.ended
    if last.attempt > len(RETRIES):
        return None
    return last.ended if last.outcome is RunOutcome.KILLED else last.ended + RETRIES[last.attempt - 1]


def _remaining_steps(job: Job, last: RunRecord) -> tuple[str, ...]:
    """The first step that did not succeed, and all after it: they depend on it.

    Where every step succeeded, the steps that the run did not reach; all of them where it reached the last.
    """
    succeeded = (RunOutcome.OK, RunOutcome.INCOMPLETE, RunOutcome.SKIPPED)
    for step in last.steps:
        if step.outcome not in succeeded and step.name in job.steps:
            return job.steps[job.steps.index(step.name) :]
    positions = [job.steps.index(step.name) for step in last.steps if step.name in job.steps]
    return job.steps[max(positions, default=-1) + 1 :] or job.steps


def all_due(jobs: Sequence[Job], lasts: Lasts, now: datetime) -> list[Due]:
    """All runs that are due at `now`, in the order of their due times."""
    due_runs = [due_run for job in jobs if (due_run := due(job, lasts.get(job.name), now)) is not None]
    until = min(next(times.after(job.at, job.zone, now)) for job in jobs)
    return [replace(due_run, until=until) for due_run in sorted(due_runs, key=lambda due_run: due_run.at)]


def next_at(jobs: Sequence[Job], lasts: Lasts, now: datetime) -> datetime:
    """The next time after `now` at which a job or a retry is due."""
    moments = [next(times.after(job.at, job.zone, now)) for job in jobs]
    retries = [retry_at(last) for last in lasts.values() if last is not None]
    return min([*moments, *(moment for moment in retries if moment is not None and moment > now)])
