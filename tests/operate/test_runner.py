"""Runs: their steps as processes, one lock, what is recorded, and how they are stopped."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from faults.command import kill_all
from operate import processes, runner
from operate.due import Due
from operate.ping import Ping
from operate.processes import Stop
from operate.runner import AnotherRun, Place
from operate.schedule import Schedule, exit_code, is_alive
from operate.settings import Job
from operate.steps import Step
from papers import locks
from papers.catalogue import Catalogue
from papers.runs import RunOutcome, RunRecord
from tests.processes import BIN, wait_until

START = datetime(2026, 11, 25, 2, 15, tzinfo=UTC)
JOB = Job(name="daily", at="15 2 * * *", steps=("crawl", "index"))
DUE = Due("daily", START, JOB.steps)

# Stands for `paperglot <step>`: does what `behaviour.json` beside it says, and notes that it was called.
STEP = """
import json, pathlib, sys, time
here = pathlib.Path(__file__).parent
name = sys.argv[1]
with (here / "called").open("a") as called:
    called.write(name + chr(10))
does = json.loads((here / "behaviour.json").read_text()).get(name, {})
time.sleep(does.get("seconds", 0))
sys.exit(does.get("code", 0))
"""


class World:
    """A clock that stands until it is moved, and steps that do as they are told."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.now = START
        self.said: list[str] = []
        self.place = Place(folder, lambda: self.now, self.said.append)
        self._scripts = folder.parent / "steps"
        self._scripts.mkdir()
        (self._scripts / "step.py").write_text(STEP)
        self.steps({})
        monkeypatch.setattr(processes, "PAPERGLOT", (sys.executable, str(self._scripts / "step.py")))

    def steps(self, behaviour: Mapping[str, Mapping[str, Any]]) -> None:
        (self._scripts / "behaviour.json").write_text(json.dumps(behaviour))

    @property
    def called(self) -> list[str]:
        file = self._scripts / "called"
        return file.read_text().split() if file.exists() else []

    def run(self, due: Due = DUE, stop: Stop | None = None) -> RunRecord:
        stop = stop or Stop()
        with runner.alone(self.place, "a test", stop, wait=False) as lock:
            assert lock is not None
            return runner.carry_out(self.place, due, stop, lock)

    def schedule(self, pause: Callable[[float], bool], ping: Ping | None = None, stop: Stop | None = None) -> Schedule:
        return Schedule(self.place, [JOB], [ping or Ping(None, self.said.append)], stop or Stop(), pause)

    def runs(self) -> list[RunRecord]:
        with Catalogue(self.folder) as catalogue:
            return catalogue.runs.latest(99)


@pytest.fixture
def world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(folder, monkeypatch)


def outcomes(run: RunRecord) -> dict[str, str]:
    return {step.name: step.outcome.value for step in run.steps}


# Outcomes


@pytest.mark.parametrize(
    ("behaviour", "steps", "outcome"),
    [
        ({}, {"crawl": "ok", "index": "ok"}, RunOutcome.OK),
        ({"crawl": {"code": 3}}, {"crawl": "incomplete", "index": "ok"}, RunOutcome.INCOMPLETE),
        ({"crawl": {"code": 1}}, {"crawl": "failed", "index": "ok"}, RunOutcome.FAILED),
        ({"index": {"code": 1}, "crawl": {"code": 3}}, {"crawl": "incomplete", "index": "failed"}, RunOutcome.FAILED),
    ],
)
def test_a_failed_step_does_not_stop_the_others(
    behaviour: dict[str, Any], steps: dict[str, str], outcome: RunOutcome, world: World
) -> None:
    world.steps(behaviour)
    run = world.run()
    assert outcomes(run) == steps and run.outcome is outcome
    assert world.runs() == [run] and run.due == START and run.ended == START


def test_a_step_without_anything_to_do_is_skipped(world: World) -> None:
    run = world.run(Due("daily", START, ("translate",)))
    assert outcomes(run) == {"translate": "skipped"} and run.outcome is RunOutcome.OK and world.called == []
    assert run.steps[0].reason and "no model is installed" in run.steps[0].reason


def test_a_step_that_cannot_be_started(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PAPERGLOT", ("/nowhere/paperglot",))
    run = world.run()
    assert (
        run.outcome is RunOutcome.FAILED and run.steps[0].reason == "it could not be started: No such file or directory"
    )


def test_what_a_step_tells_of_itself_is_in_the_record(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        runs = catalogue.runs
        number = runs.begin("daily", START, "1", due=START, made_up=2, attempt=1)
        runs.begin_step(number, "crawl", START)
        runs.tell("crawl", {"papers_new": 7, "requests": 3}, "cs.CL: stale.")
        runs.tell("index", {"papers_indexed": 1})  # no such step goes on
        runs.end_step(number, START + timedelta(seconds=9), RunOutcome.FAILED, 1, "it ended with 1")
        runs.end(number, START + timedelta(seconds=9), RunOutcome.FAILED)
        (run,) = runs.latest(9)
    (step,) = run.steps
    assert step.counts == {"papers_new": 7, "requests": 3} and run.reasons == ("crawl: cs.CL: stale.",)
    assert run.made_up == 2 and step.ended == START + timedelta(seconds=9)


def test_a_crawl_by_hand_ends_with_its_own_code_and_an_index(world: World) -> None:
    for code, steps in ((3, ["crawl", "index"]), (2, ["crawl"])):
        world.steps({"crawl": {"code": code}})
        before = len(world.called)
        with runner.alone(world.place, "paperglot crawl", Stop(), wait=False) as lock:
            assert lock is not None
            assert runner.by_hand(world.place, Step("crawl", ("crawl",)), Stop(), lock) == code
        assert world.called[before:] == steps
    (run,) = world.runs()  # a call that was wrong is no run
    assert (run.job, run.due, run.outcome) == ("", None, RunOutcome.INCOMPLETE)


def test_translating_lets_the_next_run_begin(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an import it may take days; the day's papers come all the same."""
    monkeypatch.setattr("operate.runner.why_skipped", lambda name, folder: None)
    world.steps({"translate": {"seconds": 60}})
    threading.Timer(0.5, lambda: setattr(world, "now", START + timedelta(days=1))).start()
    run = world.run(Due("daily", START, ("translate", "index"), until=START + timedelta(days=1)))
    assert outcomes(run) == {"translate": "incomplete", "index": "ok"} and run.outcome is RunOutcome.INCOMPLETE
    assert run.steps[0].reason == "the next run was due, and goes on with it"


# The lock


def test_the_second_one_hears_who_has_it_and_since_when(world: World) -> None:
    with runner.alone(world.place, "paperglot crawl", Stop(), wait=False):
        with pytest.raises(AnotherRun) as error, runner.alone(world.place, "run --due", Stop(), wait=False):
            pass
        assert f"'paperglot crawl' since 2026-11-25 02:15 UTC, process {os.getpid()}." in str(error.value)
        stop = Stop()
        threading.Timer(0.2, stop.tell).start()
        with runner.alone(world.place, "run --due", stop, wait=True) as lock:
            assert lock is None
        assert "Waiting for its end." in world.said[-1]
    with runner.alone(world.place, "run --due", Stop(), wait=False) as lock:
        assert lock is not None


def test_a_step_that_outlives_its_run_keeps_the_lock(world: World) -> None:
    """Killed at once, whoever ran the steps must not let a second crawl begin beside the first."""
    with locks.held(world.folder.parent / "lock", "a test", START) as lock:
        assert lock is not None
        process = processes.start([sys.executable, "-c", "import time; time.sleep(60)"], lock=lock)
    with locks.exclusive(world.folder.parent / "lock") as free:
        assert not free
    process.kill()
    process.communicate()
    with locks.exclusive(world.folder.parent / "lock") as free:
        assert free


def test_looking_whether_a_run_goes_on_makes_no_file_and_turns_no_run_away(world: World) -> None:
    """A monitor asks every few seconds; a crawl that begins just then must not be told that another one goes on."""
    lock = world.folder.parent / "lock"
    assert not locks.is_held(lock) and not lock.exists()
    with locks.held(lock, "a test", START) as taken:
        assert taken is not None and locks.is_held(lock)
    assert not locks.is_held(lock)
    with lock.open("rb") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)  # as long as a look lasts, and much longer
        threading.Timer(0.015, fcntl.flock, (looked_at, fcntl.LOCK_UN)).start()
        with locks.held(lock, "a test", START) as taken:
            assert taken is not None


def test_a_note_of_a_lock_that_is_damaged(tmp_path: Path) -> None:
    for content in (b"", b"\xff", b"[]", b'{"process": 1}'):
        (tmp_path / "lock").write_bytes(content)
        assert locks.holder(tmp_path / "lock") is None and not locks.is_parents(tmp_path / "lock")


# Killed and stopped


def test_a_run_that_was_killed_is_closed_and_carried_on(world: World) -> None:
    with Catalogue(world.folder, write=True) as catalogue:
        number = catalogue.runs.begin("daily", START, "1", due=START, made_up=0, attempt=1)
        catalogue.runs.begin_step(number, "crawl", START)
    world.now += timedelta(hours=2)
    assert [run.attempt for run in world.schedule(lambda seconds: True).once(wait=False)] == [2]
    second, first = world.runs()
    assert first.outcome is RunOutcome.KILLED and first.reasons == ("crawl: its process was killed",)
    assert second.outcome is RunOutcome.OK and second.due == START and exit_code([second]) == 0


def test_being_told_to_stop_is_passed_on_and_recorded(world: World) -> None:
    world.steps({"crawl": {"seconds": 60}})
    stop = Stop()
    threading.Timer(1.0, stop.tell).start()
    run = world.run(stop=stop)
    assert outcomes(run) == {"crawl": "stopped"} and run.outcome is RunOutcome.STOPPED and exit_code([run]) == 130
    world.steps({})
    world.now += timedelta(minutes=1)
    (again,) = world.schedule(lambda seconds: True).once(wait=False)
    assert again.attempt == 1 and again.due == START and outcomes(again) == {"crawl": "ok", "index": "ok"}


def test_a_step_that_does_not_listen_is_killed_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SECONDS_TO_STOP", 0.5)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    stop = Stop()
    stop.tell()
    assert processes.wait(process, stop) == -signal.SIGKILL
    process.stdout.close()


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As with nohup, so that a run outlives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with processes.stopping() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.told
            os.kill(os.getpid(), signal.SIGTERM)
            assert stop.told
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


# The schedule


def test_what_failed_is_tried_again_after_ten_and_sixty_minutes(world: World) -> None:
    world.steps({"index": {"code": 1}})
    pauses: list[datetime] = []

    def pause(seconds: float) -> bool:
        pauses.append(world.now)
        with locks.exclusive(world.folder / locks.RUN) as free:
            assert free  # while a retry waits
        world.now += timedelta(minutes=5)
        return False

    (run,) = world.schedule(pause).once(wait=False)
    assert run.attempt == 3 and [record.attempt for record in world.runs()] == [3, 2, 1]
    assert world.called == ["crawl", "index", "index", "index"]
    assert [record.began - START for record in reversed(world.runs())] == [timedelta(minutes=m) for m in (0, 10, 70)]


def test_a_retry_that_another_process_does_is_not_waited_for(world: World) -> None:
    """`run --due` and a schedule side by side: whoever comes second says what the first one did."""
    world.steps({"index": {"code": 1}})
    pauses = 0

    def pause(seconds: float) -> bool:
        nonlocal pauses
        pauses += 1
        assert pauses < 100, "it turns without an end"
        world.now += timedelta(minutes=5)
        if world.now - START == timedelta(minutes=10):
            world.steps({"index": {"code": 0}})
            (other_run,) = world.schedule(lambda seconds: True).once(wait=False)
            assert other_run.outcome is RunOutcome.OK
        return False

    (run,) = world.schedule(pause).once(wait=False)
    assert run.outcome is RunOutcome.OK and run.attempt == 2 and pauses == 2
    assert world.called == ["crawl", "index", "index"]


def test_a_schedule_goes_on_through_days_and_sleep(world: World) -> None:
    """Ten days in the foreground, three of them asleep."""
    end = START + timedelta(days=10)

    def pause(seconds: float) -> bool:
        assert 0 < seconds <= 30
        asleep = timedelta(days=3) if world.now.day == 28 else timedelta(0)
        world.now += timedelta(hours=3) + asleep
        return world.now > end

    world.schedule(pause).forever()
    runs = world.runs()[::-1]
    assert [run.due.day for run in runs if run.due] == [25, 26, 27, 28, 1, 2, 3, 4, 5][: len(runs)] and len(runs) >= 8
    assert [run.made_up for run in runs] == [0, 0, 0, 0, 2, 0, 0, 0, 0][: len(runs)]
    assert is_alive(world.folder, world.now) is False and is_alive(world.folder, runs[-1].began) is True
    assert "makes up for 2 missed before" in " ".join(world.said)


def test_the_address_of_a_dead_mans_switch_is_told(world: World) -> None:
    messages: list[tuple[str, str]] = []

    def send(address: str, body: bytes) -> None:
        messages.append((address, body.decode()))
        if len(messages) == 1:
            raise OSError("unreachable")

    ping = Ping("http://127.0.0.1:1/x", world.said.append, send)
    for code in (0, 1):
        world.steps({"crawl": {"code": code}})
        world.schedule(lambda seconds: True, ping).named("daily", wait=False)
    assert [address.rpartition("x")[2] for address, _ in messages] == ["/start", "", "/start", "/fail"]
    assert messages[-1][1] == "daily: failed\ncrawl: it ended with 1"
    assert any("cannot be told: unreachable" in line for line in world.said)


@pytest.mark.parametrize("answer", [b"no HTTP\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000])
def test_an_address_that_answers_something_odd_is_said(answer: bytes, world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        Ping(f"http://127.0.0.1:{server.getsockname()[1]}/x", world.said.append).begun("daily")
        thread.join()
    assert [line for line in world.said if "cannot be told" in line]


# The command


def paperglot(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "paperglot"), *arguments], env=os.environ, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ('[[schedule.job]]\nname = "a"\nat = "61 2 * * *"', "'61 2 * * *' is no cron line"),
        ('[[schedule.job]]\nname = "a"\nzone = "Asia/Peking"', "there is no time zone 'Asia/Peking'"),
        (
            '[[schedule.job]]\nname = "a"\nsteps = ["crawl", "dance"]',
            "there is no step 'dance'; there are models",
        ),
        ('[[schedule.job]]\nname = "a"\nsteps = []', "a job needs a step"),
        ('[[schedule.job]]\nname = "a"\n[[schedule.job]]\nname = "a"', "two jobs are named 'a'"),
        ('[[schedule.job]]\nname = " "', "Setting 'job.0.name'"),
        ('[[schedule.job]]\nname = "a"\ntime = "x"', "There is no setting 'job.0.time'"),
        ('[schedule]\nping = "hc"', "an address such as"),
        ('[schedule]\nping = "https://example.org:x/"', "an address such as"),
        ('[schedule]\nping = "https://example.org/a b"', "an address such as"),
        ('[schedule]\nping = "https://exämple.org"', "an address such as"),
        ("[schedule]\njob = 5", "Setting 'job'"),
        ('[index]\nengin = "embedded"', "There is no setting 'engin' in [index]"),
    ],
)
def test_bad_settings_are_said_before_anything_runs(
    settings: str, sentence: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text(f'{settings}\n[crawl]\ncontact = "a@example.org"\n')
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(tmp_path / "settings.toml"))
    for command in (("schedule",), ("run", "--due")):
        process = paperglot(*command)
        assert process.returncode == 2 and sentence in process.stderr and len(process.stderr.splitlines()) == 1
    assert not (folder / "catalogue.sqlite").exists()


def test_wrong_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_CRAWL_CONTACT", "a@example.org")
    for arguments, sentence in (
        (("run",), "Name a job, or say --due."),
        (("run", "daily", "--due"), "Name a job, or say --due."),
        (("run", "weekly"), "There is no job 'weekly' in [schedule]; there are daily."),
    ):
        process = paperglot(*arguments)
        assert process.returncode == 2 and sentence in process.stderr
    process = paperglot("schedule", "--alive")
    assert (process.returncode, process.stdout) == (1, "No schedule is going on.\n")


@pytest.mark.slow
def test_a_schedule_that_is_told_to_stop_ends_in_time_with_one_sentence(
    replica: Callable[..., Any], folder: Path
) -> None:
    """In the middle of a crawl, as a container is stopped, and while it waits for what is due next."""
    replica(delay=2.0)
    for begun in (1, 2):
        process = subprocess.Popen(
            [str(BIN / "paperglot"), "schedule"],
            env=os.environ,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        wait_until(lambda begun=begun: _runs_begun(folder) >= begun, process)  # type: ignore[misc]
        time.sleep(1.0)
        assert paperglot("schedule", "--alive").returncode == 0
        process.send_signal(signal.SIGTERM)
        signalled_at = time.monotonic()
        _, stderr = process.communicate(timeout=20)
        assert time.monotonic() - signalled_at < 10 and process.returncode == 130
        assert stderr.count("Stopped. What was kept stays; the next run carries on.") == 1 and "Traceback" not in stderr
    shown = paperglot("runs").stdout
    print(shown)
    assert "stopped" in shown and "daily" in shown
    latest = json.loads(paperglot("runs", "--json", "--count", "1").stdout)[0]
    assert latest["job"] == "daily" and latest["outcome"] == "stopped" and latest["steps"][0]["name"] == "crawl"


def _runs_begun(folder: Path) -> int:
    if not (folder / "catalogue.sqlite").exists():
        return 0
    try:
        with Catalogue(folder) as catalogue:
            return len(catalogue.runs.latest(99))
    except Exception:  # it is just being made
        return 0


def test_killed_with_all_its_processes_it_is_recorded_as_killed(replica: Callable[..., Any], folder: Path) -> None:
    replica(delay=1.0)
    process = subprocess.Popen([str(BIN / "paperglot"), "run", "--due"], env=os.environ, stderr=subprocess.DEVNULL)
    wait_until(lambda: _runs_begun(folder) == 1, process)
    kill_all(process)
    process.wait()
    assert paperglot("runs").stdout.split("\n")[0].split()[3] == "running"
    with locks.held(folder / locks.RUN, "a test", START) as lock, Catalogue(folder, write=True) as catalogue:
        assert lock is not None
        catalogue.runs.close_killed()
    assert paperglot("runs").stdout.split("\n")[0].split()[3] == "killed"


def test_logs_for_machines_are_an_object_a_line(
    replica: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule's own lines, and all that its steps write."""
    replica(papers_a_day=10)
    monkeypatch.setenv("PAPERGLOT_LOG_FORMAT", "json")
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL")
    process = paperglot("run", "--due", "--wait")
    lines = [json.loads(line) for line in process.stderr.splitlines()]
    assert process.stdout == "" and len(lines) > 4
    assert all(line.keys() >= {"at", "level", "logger", "message"} for line in lines)
    text = " ".join(line["message"] for line in lines)
    assert "daily: crawl, translate, lexicon, index" in text and "Planned:" in text


def test_a_page_logs_what_it_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.request import urlopen

    from tests.processes import free_ports

    with Catalogue(folder, write=True):
        pass
    monkeypatch.setenv("PAPERGLOT_LOG_FORMAT", "json")
    monkeypatch.setenv("PAPERGLOT_LOG_ACCESS", "true")
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [str(BIN / "paperglot"), "serve", "--port", str(port)], env=os.environ, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: paperglot("serve", "--alive", "--port", str(port)).returncode == 0, process)
    urlopen(f"http://127.0.0.1:{port}/livez?x=1").close()
    process.terminate()
    _, stderr = process.communicate(timeout=20)
    lines = [json.loads(line) for line in stderr.splitlines()]
    assert any(line["logger"] == "uvicorn.access" and "/livez?x=1" in line["message"] for line in lines)
