"""Carries out one run: its steps one after another, each a process of its own, under one lock and with a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from indexer.engines import open_engine
from operate import processes
from operate.beside import Beside
from operate.due import Due
from operate.facts import look_at
from operate.kibana.run_documents import side_index
from operate.processes import Stop
from operate.steps import CRAWL, INDEX, TRANSLATE, Step, step, why_skipped
from papers import locks
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.runs import RunOutcome, RunRecord, Runs

# Exit codes of steps.
DONE, WRONG_CALL, INCOMPLETE, STOPPED = 0, 2, 3, 130
SECONDS_BETWEEN_TRIES = 0.5


class AnotherRun(PaperglotError):
    """Raised by `alone`: another run on this data folder is going on."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The data folder in which runs are carried out, with the clock and the output that they use."""

    folder: Path
    now: Callable[[], datetime]
    say: Callable[[str], None]
    merged: bool = False  # what steps write goes through `say`, line by line
    beat: Callable[[], None] = lambda: None  # called now and then, also while a step goes on


@contextmanager
def alone(place: Place, what: str, stop: Stop, *, wait: bool) -> Iterator[int | None]:
    """Hold the lock of runs for the block; yields its file descriptor, None where `stop` came first.

    Where another run holds the lock: with `wait`, say so and wait for its end; without, raise AnotherRun.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    is_announced = False
    while True:
        with locks.held(place.folder / locks.RUN, what, place.now()) as lock:
            if lock is not None:
                yield lock
                return
        sentence = _holder_sentence(place)
        if not wait:
            raise AnotherRun(f"{sentence} With --wait this one waits for its end.")
        if not is_announced:
            place.say(f"{sentence} Waiting for its end.")
            is_announced = True
        place.beat()
        if stop.pause(SECONDS_BETWEEN_TRIES):
            yield None
            return


def _holder_sentence(place: Place) -> str:
    holder = locks.holder(place.folder / locks.RUN)
    if holder is None:
        return f"Another run on {place.folder} is going on."
    since = holder.since.strftime("%Y-%m-%d %H:%M UTC")
    return f"Another run on {place.folder} is going on: '{holder.what}' since {since}, process {holder.process}."


def by_hand(place: Place, first: Step, stop: Stop, lock: int, command: Sequence[str] | None = None) -> int:
    """Carry out a crawl by hand with its workers, then bring the index up to date; returns the exit code.

    `command` carries out the first step where that is not a `paperglot` command.
    """
    with Catalogue(place.folder, write=True) as catalogue:
        runs = catalogue.runs
        number = runs.begin("", place.now(), version("paperglot"), due=None, made_up=0, attempt=1)
        code = _carry_out_step(place, runs, number, first, stop, lock, later=(INDEX,), command=command)
        if code == WRONG_CALL:
            runs.drop(number)
            return code
        if not stop.told:
            # Also after a crawl that failed: what it stored before can then be searched.
            index_code = _carry_out_step(place, runs, number, step(INDEX), stop, lock)
            code = code or index_code
        return _close(place, runs, number, stop, code)


def _show_in_kibana(place: Place) -> None:
    """Write this run and those before it to the index that Kibana shows.

    Where the server cannot be reached, a later run writes them.
    """
    engine = open_engine(place.folder)
    with suppress(PaperglotError):
        engine.put_beside(lambda: side_index(look_at(place.folder, engine, place.now())))
    engine.close()


def _close(place: Place, runs: Runs, number: int, stop: Stop, code: int) -> int:
    outcome = _outcome_of_run(runs.get(number), stop)
    runs.end(number, place.now(), outcome)
    _show_in_kibana(place)
    if outcome is RunOutcome.STOPPED:
        return STOPPED
    return code or (1 if outcome is RunOutcome.FAILED else 0)


def carry_out(place: Place, due: Due, stop: Stop, lock: int) -> RunRecord:
    """Run the steps of a job, each also where an earlier one failed; returns the record of the run."""
    with Catalogue(place.folder, write=True) as catalogue:
        runs = catalogue.runs
        number = runs.begin(
            due.job, place.now(), version("paperglot"), due=due.at, made_up=due.made_up, attempt=due.attempt
        )
        for position, name in enumerate(due.steps, start=1):
            if stop.told:
                break
            _carry_out_step(place, runs, number, step(name), stop, lock, later=due.steps[position:], until=due.until)
        runs.end(number, place.now(), _outcome_of_run(runs.get(number), stop))
        _show_in_kibana(place)
        return runs.get(number)


def _carry_out_step(
    place: Place,
    runs: Runs,
    number: int,
    step: Step,
    stop: Stop,
    lock: int,
    *,
    later: Sequence[str] = (),
    until: datetime | None = None,
    command: Sequence[str] | None = None,
) -> int:
    """Carry out one step; returns its exit code.

    A worker that fails beside it is recorded as a failed step, unless a step in `later` does the same work.
    Translation, which may take days after an import, ends with its current batch at `until`.
    """
    runs.begin_step(number, step.name, place.now())
    if skip_reason := why_skipped(step.name, place.folder):
        runs.end_step(number, place.now(), RunOutcome.SKIPPED, None, skip_reason)
        return 0
    beside = Beside(place.folder, stop) if step.name == CRAWL else None
    try:
        process = processes.start(command or (*processes.PAPERGLOT, *step.arguments), lock=lock, merged=place.merged)
        hearing = processes.Hearing(process, place.say if place.merged else processes.pass_on)
        deadline = _Deadline(process, until if step.name == TRANSLATE else None)
        code = processes.wait(process, stop, partial(_look, place, beside, deadline))
        hearing.end()
    except OSError as error:
        runs.end_step(number, place.now(), RunOutcome.FAILED, None, f"it could not be started: {error.strerror}")
        return 1
    finally:
        if beside:
            beside.end()
    outcome = RunOutcome.INCOMPLETE if deadline.is_over and not stop.told else _outcome_of(code, stop)
    if deadline.is_over:
        code, hearing.sentence = INCOMPLETE, "the next run was due, and goes on with it"
    reason = None if outcome in (RunOutcome.OK, RunOutcome.STOPPED) else hearing.sentence or _reason(code)
    runs.end_step(number, place.now(), outcome, code, reason)
    failures = {name: text for name, text in beside.failures.items() if name not in later} if beside else {}
    for name, sentence in failures.items():
        place.say(f"{name} beside the crawl: {sentence}")
        runs.begin_step(number, name, place.now())
        runs.end_step(number, place.now(), RunOutcome.FAILED, None, sentence)
    return STOPPED if outcome is RunOutcome.STOPPED else code if code >= 0 else 1


class _Deadline:
    """Asks a step to stop at `until`; where that is None, the step takes as long as it needs."""

    def __init__(self, process: processes.Process, until: datetime | None) -> None:
        self._process = process
        self._until = until
        self.is_over = False

    def look(self, now: datetime) -> None:
        if self._until is not None and not self.is_over and now >= self._until:
            self.is_over = True
            processes.tell(self._process)


def _look(place: Place, beside: Beside | None, deadline: _Deadline) -> None:
    place.beat()
    deadline.look(place.now())
    if beside:
        beside.look()


def _outcome_of(code: int, stop: Stop) -> RunOutcome:
    if code == DONE:
        return RunOutcome.OK
    if stop.told or code == STOPPED:
        return RunOutcome.STOPPED
    if code == INCOMPLETE:
        return RunOutcome.INCOMPLETE
    return RunOutcome.KILLED if code < 0 else RunOutcome.FAILED


def _reason(code: int) -> str:
    return f"its process was ended by signal {-code}" if code < 0 else f"it ended with {code}"


def _outcome_of_run(run: RunRecord, stop: Stop) -> RunOutcome:
    outcomes = {step.outcome for step in run.steps}
    if stop.told or RunOutcome.STOPPED in outcomes:
        return RunOutcome.STOPPED
    if any(outcome.is_failure for outcome in outcomes):
        return RunOutcome.FAILED
    return RunOutcome.INCOMPLETE if RunOutcome.INCOMPLETE in outcomes else RunOutcome.OK
