"""The pace, with a clock of the test's own where it can be, and across processes where it must be."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.budgets import BudgetState, shared_folder
from crawler.judgement import CompleteAlready, NotAsked
from crawler.pace import (
    STOPPED_SECONDS,
    Pace,
    SiteStopped,
    budgets,
    lift,
    rate_limit_pause,
    retry_after,
    stops,
)
from crawler.settings import CrawlSettings
from tests.processes import wait_until

ARXIV = "https://arxiv.org/list/cs.CL/new"


def settings(tmp_path: Path, **changes: object) -> CrawlSettings:
    sites = {"arxiv": {"delay": 0.2}, "arxiv_services": {"delay": 0.1}}
    return CrawlSettings.load(**({"pace_folder": tmp_path / "pace", "sites": sites} | changes))


def going_on() -> bool:
    """Whether the crawl is being stopped."""
    return False


async def turn(pace: Pace, url: str = ARXIV) -> float:
    async with pace.turn(url, going_on):
        return time.time()


def test_which_budgets_a_request_takes_part_in(tmp_path: Path) -> None:
    def names(url: str, **changes: object) -> list[tuple[str, float]]:
        request_budgets = budgets(url, CrawlSettings.load(**changes), tmp_path)
        return [(budget.path.name, budget.delay) for budget in request_budgets]

    assert names(ARXIV) == [("arxiv-services", 3.2), ("arxiv.org", 15.5)]
    # arXiv's other hosts keep the pace of its terms, together, and not that of its robots.txt.
    for host in ("export", "rss", "oaipmh"):
        assert names(f"https://{host}.arxiv.org/x") == [("arxiv-services", 3.2)]
    assert names("https://www.arxiv.org/x") == names(ARXIV)
    assert names("https://elsewhere.org/x") == [("elsewhere.org", 3.2)]
    assert names("https://huggingface.co/x") == [("huggingface.co", 3.2)]
    stand_in = {"sites": {"arxiv": {"url": "http://127.0.0.1:81", "delay": 1.0}}}
    assert names("http://127.0.0.1:81/x", **stand_in) == [("127.0.0.1_81-services", 3.2), ("127.0.0.1_81", 1.0)]
    assert names("https://rss.arxiv.org/x", **stand_in) == [("127.0.0.1_81-services", 3.2)]
    former = {"arxiv_url": "http://127.0.0.1:81", "arxiv_delay": 1.0, "arxiv_services_delay": 2.0}
    assert names("http://127.0.0.1:81/x", **former) == [("127.0.0.1_81-services", 2.0), ("127.0.0.1_81", 1.0)]


def test_requests_keep_their_distance(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))

    async def several() -> list[float]:
        return await asyncio.gather(*(turn(pace) for _ in range(4)))

    sent = sorted(asyncio.run(several()))
    assert all(later - earlier >= 0.2 * 0.98 for earlier, later in itertools.pairwise(sent))


def test_other_hosts_of_arxiv_share_its_budget(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, sites={"arxiv": {"delay": 0.0}, "arxiv_services": {"delay": 0.1}}))

    async def both() -> tuple[float, float]:
        return await turn(pace), await turn(pace, "https://export.arxiv.org/api")

    first, second = asyncio.run(both())
    assert second - first >= 0.098


SENDER = """
import asyncio, sys
from pathlib import Path
from crawler.settings import CrawlSettings
from crawler.pace import Pace
sites = {"arxiv": {"delay": 0.15}, "arxiv_services": {"delay": 0.05}}
pace = Pace(CrawlSettings.load(pace_folder=Path(sys.argv[1]), sites=sites))
async def main():
    while True:
        async with pace.turn("https://arxiv.org/x", lambda: False) as held:
            with open(sys.argv[2], "a") as file:
                # When it was let go, not when this line is reached: the system may have let others run since.
                file.write(f"{max(budget.state.next for budget in held)} s\\n")
            await asyncio.sleep(0.03)
            with open(sys.argv[2], "a") as file:
                file.write("0 e\\n")
asyncio.run(main())
"""


def test_processes_share_it_and_one_may_die(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", SENDER, str(tmp_path / "pace"), str(log)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    try:
        wait_until(lambda: log.exists() and log.read_text().count("s") >= 5)
        processes[0].kill()
        count = log.read_text().count("s")
        wait_until(lambda: log.read_text().count("s") >= count + 8)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    lines = log.read_text().splitlines()
    sent = [float(line.split()[0]) for line in lines if line.endswith("s")]
    assert len(sent) >= 13
    assert all(later - earlier >= 0.15 - 1e-6 for earlier, later in itertools.pairwise(sent))
    overlaps = sum(later.endswith("s") for earlier, later in itertools.pairwise(lines) if earlier.endswith("s"))
    assert overlaps <= 1  # that of the one that was killed


def test_a_torn_file_is_waited_out(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))
    asyncio.run(turn(pace))
    file = tmp_path / "pace" / "arxiv.org"
    file.write_text('{"next": 17')
    torn = time.time()
    assert asyncio.run(turn(pace)) - torn >= 0.19


def test_a_refusal_waits_longer_each_time(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, backoff=10.0), chance=lambda: 0.0)

    async def refused(retry_after: float | None) -> float:
        async with pace.turn(ARXIV, going_on) as held:
            wait = pace.refused(held, retry_after)
            for lease in held:  # the next turn need not wait for real
                lease.write(BudgetState(0.0, lease.state.failures))
            return wait

    assert [asyncio.run(refused(None)) for _ in range(3)] == [10.0, 20.0, 40.0]
    assert asyncio.run(refused(300.0)) == 300.0

    async def answered() -> None:
        async with pace.turn(ARXIV, going_on) as held:
            pace.fared_well(held)

    asyncio.run(answered())
    assert asyncio.run(refused(None)) == 10.0


def test_a_longer_wait_than_a_run_may_last(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, longest_wait=60.0))

    async def refused() -> None:
        async with pace.turn(ARXIV, going_on) as held:
            pace.refused(held, 7200.0)

    asyncio.run(refused())
    with pytest.raises(SiteStopped, match=r"arxiv.org asks to wait until \d{4}-|arXiv asks to wait until \d{4}-"):
        asyncio.run(turn(Pace(settings(tmp_path, longest_wait=60.0))))


def test_a_denial_stops_the_site_for_every_process(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))

    async def denied() -> None:
        async with pace.turn(ARXIV, going_on) as held:
            pace.denied(held)

    asyncio.run(denied())
    with pytest.raises(SiteStopped, match=r"arXiv has denied access, and nothing is sent .*--retry-refused"):
        asyncio.run(turn(Pace(settings(tmp_path))))
    assert asyncio.run(turn(Pace(settings(tmp_path)), "https://huggingface.co/x"))


def test_a_stop_ends_the_wait_at_once(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, sites={"arxiv": {"delay": 60.0}}))
    asyncio.run(turn(pace))
    started = time.monotonic()
    stopped = iter([False, False, False])

    async def interrupted() -> None:
        async with pace.turn(ARXIV, lambda: next(stopped, True)):
            raise AssertionError("was sent")

    with pytest.raises(NotAsked):
        asyncio.run(interrupted())
    assert time.monotonic() - started < 10


def test_retry_after() -> None:
    assert retry_after(b"120", 0.0) == 120.0
    assert retry_after(b"Fri, 20 Nov 2026 08:00:10 GMT", 1795161600.0) == pytest.approx(10.0, abs=1)
    assert retry_after(b"Fri, 20 Nov 2020 08:00:10 GMT", time.time()) == 0.0
    for text in (b"soon", None, b"", b"9" * 400, b"1e999", "²".encode()):
        assert retry_after(text, 0.0) is None
    assert retry_after(b"-5", 0.0) in (None, 0.0)
    assert retry_after(b"Fri, 31 Dec 9999 23:59:59 GMT", time.time()) == STOPPED_SECONDS
    assert retry_after(b"999999999", 0.0) == STOPPED_SECONDS


def test_rate_limits_that_a_site_names() -> None:
    assert rate_limit_pause(b'"api";r=0;t=55') == 55.0
    assert rate_limit_pause(b'"api";r=12;t=55') is None
    assert rate_limit_pause(b'"pages";r=80;t=300, "api";r=0;t=55, "all";r=0;t=70') == 70.0
    assert rate_limit_pause(b'"api";r=0;t=999999999') == STOPPED_SECONDS
    for text in (None, b"", b"r=", b"nonsense"):
        assert rate_limit_pause(text) is None


def test_a_spent_rate_limit_is_waited_out(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))

    async def answered(pause: float | None) -> float:
        async with pace.turn(ARXIV, going_on) as held:
            pace.fared_well(held, pause)
            return max(lease.state.next for lease in held)

    assert asyncio.run(answered(0.5)) >= time.time() + 0.4


@pytest.mark.parametrize("field", ["next", "stopped"])
def test_a_moment_beyond_every_cap_is_not_believed(field: str, tmp_path: Path) -> None:
    """A clock that was a year ahead, or a Retry-After of the year 9999 that an older program noted."""
    pace = Pace(settings(tmp_path))
    state = {"next": 0, "failures": 0, "stopped": 0} | {field: time.time() + 365 * 86_400}
    (pace.folder / "arxiv.org").write_text(json.dumps(state))
    asyncio.run(turn(pace))
    written = json.loads((pace.folder / "arxiv.org").read_text())
    assert written[field] < state[field]


def test_a_refusal_is_lifted_by_a_command(tmp_path: Path) -> None:
    chosen = settings(tmp_path)

    async def denied() -> None:
        async with Pace(chosen).turn(ARXIV, going_on) as held:
            Pace(chosen).denied(held)

    assert stops(chosen, time.time()) == {}
    asyncio.run(denied())
    # All of arXiv's hosts are stopped by a denial of one of them.
    assert {"arxiv", "arxiv_rss"} <= set(stops(chosen, time.time()))
    assert "arxiv.org" in lift(chosen, time.time())
    assert stops(chosen, time.time()) == {}
    asyncio.run(turn(Pace(chosen)))


def test_what_is_done_is_looked_at_when_the_turn_comes(tmp_path: Path) -> None:
    async def asked() -> None:
        async with Pace(settings(tmp_path)).turn(ARXIV, going_on, lambda: False):
            raise AssertionError("was sent")

    with pytest.raises(CompleteAlready):
        asyncio.run(asked())


HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_that_another_process_holds_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = shared_folder(tmp_path / "pace")
    (folder / "arxiv-services").write_text("")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder / "arxiv-services")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout and process.stdout.readline() == "held\n"
        seconds = itertools.count(0.0, 3.0)  # of a clock that goes on by three at each look
        pace = Pace(settings(tmp_path), clock=lambda: next(seconds))
        with pytest.raises(NotAsked):
            asyncio.run(_until_said(pace, caplog))
        assert "Another crawl of this machine is asking arXiv" in caplog.text
    finally:
        process.kill()
        process.wait()


async def _until_said(pace: Pace, caplog: pytest.LogCaptureFixture) -> None:
    async with pace.turn(ARXIV, lambda: "Another crawl" in caplog.text):
        raise AssertionError("was sent")
