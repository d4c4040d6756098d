"""Runs in the catalogue: when each began and ended, how its steps turned out, and what they counted."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from papers import store
from papers.codec import from_microseconds, to_microseconds


class RunOutcome(StrEnum):
    """How a run or a step of it turned out."""

    RUNNING = "running"
    OK = "ok"
    INCOMPLETE = "incomplete"  # something is not there yet; the next run goes on
    FAILED = "failed"
    STOPPED = "stopped"  # by a signal; the next run carries on
    KILLED = "killed"  # it never recorded how it ended
    SKIPPED = "skipped"  # there was nothing for it to do

    @property
    def is_failure(self) -> bool:
        return self in (RunOutcome.FAILED, RunOutcome.KILLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One step of a run. `reason` is a sentence about what went wrong, or why it was skipped."""

    name: str
    began: datetime
    ended: datetime | None
    outcome: RunOutcome
    exit_code: int | None = None  # negative: the signal that ended its process
    reason: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run. A crawl by hand has `job` "" and `due` None. `made_up` counts the missed due times before `due`."""

    number: int
    job: str
    due: datetime | None
    made_up: int
    attempt: int
    began: datetime
    ended: datetime | None
    outcome: RunOutcome
    version: str
    steps: tuple[StepRecord, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What went wrong: for each failed step its name and a sentence."""
        return tuple(f"{step.name}: {step.reason}" for step in self.steps if step.outcome.is_failure and step.reason)

    @property
    def counts(self) -> dict[str, int]:
        """The counts of all its steps, added up."""
        counts: Counter[str] = Counter()
        for step in self.steps:
            counts.update(step.counts)
        return dict(counts)


def as_json(run: RunRecord) -> dict[str, Any]:
    """A run as the command line and the API give it."""
    return {**asdict(run), "job": run.job or None}


class Runs:
    """The runs of a catalogue. Only the process that holds the lock of runs (`papers.locks.RUN`) writes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Writing

    def begin(self, job: str, at: datetime, version: str, *, due: datetime | None, made_up: int, attempt: int) -> int:
        """Record that a run began; return its number.

        Earlier runs that never ended are closed as killed: the caller holds the lock, so none of them still runs.
        """
        with store.transaction(self._connection) as connection:
            _close_killed(connection)
            row = connection.execute(
                "INSERT INTO run (job, due, made_up, attempt, began, outcome, version) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "RETURNING number",
                (job, _micros(due), made_up, attempt, to_microseconds(at), RunOutcome.RUNNING, version),
            ).fetchone()
        return int(row[0])

    def close_killed(self) -> None:
        """Close, as killed, the runs that never recorded how they ended."""
        with store.transaction(self._connection) as connection:
            _close_killed(connection)

    def begin_step(self, run: int, name: str, at: datetime) -> None:
        """Record that the next step of a run began."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "INSERT INTO step (run, place, name, began, outcome, counts) SELECT ?, "
                "1 + (SELECT count(*) FROM step WHERE run = ?), ?, ?, ?, '{}'",
                (run, run, name, to_microseconds(at), RunOutcome.RUNNING),
            )

    def tell(self, name: str, counts: Mapping[str, int], reason: str | None = None) -> None:
        """Set these counts of the running step of this name, and its reason where one is given."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "UPDATE step SET counts = json_patch(counts, ?), reason = coalesce(?, reason) "
                "WHERE name = ? AND ended IS NULL",
                (orjson.dumps(dict(counts)).decode(), reason, name),
            )

    def end_step(
        self, run: int, at: datetime, outcome: RunOutcome, exit_code: int | None, reason: str | None = None
    ) -> None:
        """Record the end of this run's running step; `reason` is used where the step has recorded none itself."""
        with store.transaction(self._connection) as connection:
            connection.execute(
                "UPDATE step SET ended = ?, outcome = ?, exit_code = ?, reason = coalesce(reason, ?) "
                "WHERE run = ? AND ended IS NULL",
                (to_microseconds(at), outcome, exit_code, reason, run),
            )

    def end(self, run: int, at: datetime, outcome: RunOutcome) -> None:
        with store.transaction(self._connection) as connection:
            connection.execute(
                "UPDATE run SET ended = ?, outcome = ? WHERE number = ?", (to_microseconds(at), outcome, run)
            )

    def drop(self, run: int) -> None:
        """Delete this run, as if it had never begun: the user's call was wrong."""
        with store.transaction(self._connection) as connection:
            connection.execute("DELETE FROM step WHERE run = ?", (run,))
            connection.execute("DELETE FROM run WHERE number = ?", (run,))

    # Reading

    def latest(self, count: int) -> list[RunRecord]:
        """The last runs, the newest first."""
        return self._read("ORDER BY number DESC LIMIT ?", (count,))

    def last_of(self, job: str) -> RunRecord | None:
        """The last run of a job that was started for a due time; None where there is none."""
        runs = self._read("WHERE job = ? AND due IS NOT NULL ORDER BY number DESC LIMIT 1", (job,))
        return runs[0] if runs else None

    def get(self, number: int) -> RunRecord:
        """The run of this number, which must exist."""
        return self._read("WHERE number = ?", (number,))[0]

    def _read(self, condition: str, values: Sequence[object]) -> list[RunRecord]:
        rows = self._connection.execute(
            f"SELECT number, job, due, made_up, attempt, began, ended, outcome, version FROM run {condition}", values
        ).fetchall()
        steps = _steps(self._connection, [row[0] for row in rows])
        return [
            RunRecord(
                number=number,
                job=job,
                due=_moment(due),
                made_up=made_up,
                attempt=attempt,
                began=from_microseconds(began),
                ended=_moment(ended),
                outcome=RunOutcome(outcome),
                version=version,
                steps=tuple(steps.get(number, ())),
            )
            for number, job, due, made_up, attempt, began, ended, outcome, version in rows
        ]


def _close_killed(connection: sqlite3.Connection) -> None:
    parameters = (RunOutcome.KILLED,)
    # Nobody knows when it ended, but it was not before its last step began.
    connection.execute(
        "UPDATE run SET outcome = ?, ended = coalesce((SELECT max(coalesce(ended, began)) FROM step "
        "WHERE run = number), began) WHERE ended IS NULL",
        parameters,
    )
    connection.execute(
        "UPDATE step SET outcome = ?, ended = began, reason = coalesce(reason, 'its process was killed') "
        "WHERE ended IS NULL",
        parameters,
    )


def _steps(connection: sqlite3.Connection, runs: Sequence[int]) -> dict[int, list[StepRecord]]:
    steps: dict[int, list[StepRecord]] = {}
    for run, name, began, ended, outcome, exit_code, reason, counts in connection.execute(
        "SELECT run, name, began, ended, outcome, exit_code, reason, counts FROM step "
        "WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, place",
        (orjson.dumps(list(runs)).decode(),),
    ):
        record = StepRecord(
            name=name,
            began=from_microseconds(began),
            ended=_moment(ended),
            outcome=RunOutcome(outcome),
            exit_code=exit_code,
            reason=reason,
            counts=orjson.loads(counts),
        )
        steps.setdefault(run, []).append(record)
    return steps


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_microseconds(micros)
