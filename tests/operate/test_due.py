"""What is due: first runs, what was missed, and what failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from operate.due import Due, all_due, due, next_at, retry_at
from operate.settings import Job
from papers.runs import RunOutcome, RunRecord, StepRecord

JOB = Job(name="daily", at="15 2 * * *")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 25, 2, 15, tzinfo=UTC)


def ran(due_at: datetime, outcome: RunOutcome = RunOutcome.OK, attempt: int = 1, **steps: RunOutcome) -> RunRecord:
    ended = due_at + timedelta(minutes=5)
    return RunRecord(
        number=1, job="daily", due=due_at, made_up=0, attempt=attempt, began=due_at, ended=ended, outcome=outcome,
        version="1",
        steps=tuple(StepRecord(name=name, began=due_at, ended=ended, outcome=o) for name, o in steps.items()),
    )  # fmt: skip


def test_a_job_that_never_ran_is_due_at_once() -> None:
    assert due(JOB, None, NOON) == Due("daily", TODAY, ("crawl", "translate", "lexicon", "index", "digest", "alerts"))


def test_a_due_time_is_taken_once() -> None:
    assert due(JOB, ran(TODAY), NOON) is None
    assert due(JOB, ran(TODAY), TODAY + timedelta(hours=23, minutes=59)) is None
    assert due(JOB, ran(TODAY), TODAY + timedelta(days=1)) == Due("daily", TODAY + timedelta(days=1), JOB.steps)


def test_one_run_makes_up_for_all_that_were_missed() -> None:
    due_run = due(JOB, ran(TODAY - timedelta(days=4)), NOON)
    assert due_run and (due_run.at, due_run.made_up) == (TODAY, 3)


@pytest.mark.parametrize(
    ("outcome", "attempt", "after", "tries_again"),
    [
        (RunOutcome.FAILED, 1, timedelta(minutes=9), None),
        (RunOutcome.FAILED, 1, timedelta(minutes=10), 2),
        (RunOutcome.FAILED, 2, timedelta(minutes=59), None),
        (RunOutcome.FAILED, 2, timedelta(minutes=60), 3),
        (RunOutcome.FAILED, 3, timedelta(hours=9), None),
        (RunOutcome.KILLED, 1, timedelta(0), 2),
        (RunOutcome.KILLED, 3, timedelta(hours=9), None),
        (RunOutcome.STOPPED, 3, timedelta(0), 3),
        (RunOutcome.INCOMPLETE, 1, timedelta(hours=9), None),
        (RunOutcome.OK, 1, timedelta(hours=9), None),
    ],
)
def test_what_failed_is_tried_again_twice(
    outcome: RunOutcome, attempt: int, after: timedelta, tries_again: int | None
) -> None:
    last = ran(TODAY, outcome, attempt, crawl=outcome)
    assert last.ended
    due_run = due(JOB, last, last.ended + after)
    assert (due_run.attempt if due_run else None) == tries_again
    assert due_run is None or due_run.at == TODAY


def test_the_failed_step_and_those_after_it_are_tried_again() -> None:
    ok, failed = RunOutcome.OK, RunOutcome.FAILED
    last = ran(TODAY, failed, crawl=ok, translate=failed, index=ok)
    assert due(JOB, last, NOON) == Due("daily", TODAY, ("translate", "lexicon", "index", "digest", "alerts"), attempt=2)
    stopped = ran(TODAY, RunOutcome.STOPPED, crawl=ok)
    assert due(JOB, stopped, NOON) == Due("daily", TODAY, ("translate", "lexicon", "index", "digest", "alerts"))


def test_a_new_due_time_comes_before_a_retry() -> None:
    due_run = due(JOB, ran(TODAY, RunOutcome.FAILED, crawl=RunOutcome.FAILED), TODAY + timedelta(days=1))
    assert due_run and (due_run.at, due_run.attempt, due_run.steps) == (TODAY + timedelta(days=1), 1, JOB.steps)


def test_jobs_come_in_the_order_in_which_they_were_due() -> None:
    weekly = Job(name="weekly", at="0 1 * * 1", steps=("index",))
    due_runs = all_due([JOB, weekly], {"daily": None, "weekly": None}, NOON)
    assert [due_run.job for due_run in due_runs] == ["weekly", "daily"]
    assert {due_run.until for due_run in due_runs} == {TODAY + timedelta(days=1)}
    lasts = {"daily": ran(TODAY, RunOutcome.FAILED, crawl=RunOutcome.FAILED), "weekly": None}
    assert next_at([JOB, weekly], lasts, TODAY + timedelta(minutes=6)) == retry_at(lasts["daily"])  # type: ignore[arg-type]
    assert next_at([JOB], {"daily": ran(TODAY)}, NOON) == TODAY + timedelta(days=1)
