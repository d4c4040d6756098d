"""The pace, with a clock of the test's own where it can be, and across processes where it must be."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scrapy.exceptions import IgnoreRequest

from crawler.configuration import CrawlSettings
from crawler.pace import Pace, SiteStopped, budgets, retry_after
from tests.processes import wait_until

ARXIV = "https://arxiv.org/list/cs.CL/new"


def settings(tmp_path: Path, **changes: object) -> CrawlSettings:
    usual: dict[str, object] = {"pace_folder": tmp_path / "pace", "arxiv_delay": 0.2, "arxiv_services_delay": 0.1}
    return CrawlSettings.load(**(usual | changes))


async def turn(pace: Pace, url: str = ARXIV) -> float:
    async with pace.turn(url, lambda: True):
        return time.time()


def test_which_budgets_a_request_takes_part_in(tmp_path: Path) -> None:
    def names(url: str, **changes: object) -> list[tuple[str, float]]:
        found = budgets(url, CrawlSettings.load(pace_folder=tmp_path, **changes))
        return [(budget.path.name, budget.delay) for budget in found]

    assert names(ARXIV) == [("arxiv-services", 3.2), ("arxiv.org", 15.5)]
    assert names("https://export.arxiv.org/x")[0] == ("arxiv-services", 3.2)
    assert names("https://huggingface.co/x") == [("huggingface.co", 3.2)]
    stand_in = {"arxiv_url": "http://127.0.0.1:81", "arxiv_delay": 1.0}
    assert names("http://127.0.0.1:81/x", **stand_in) == [("127.0.0.1_81-services", 3.2), ("127.0.0.1_81", 1.0)]


def test_requests_keep_their_distance(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))

    async def several() -> list[float]:
        return await asyncio.gather(*(turn(pace) for _ in range(4)))

    sent = sorted(asyncio.run(several()))
    assert all(later - earlier >= 0.2 * 0.98 for earlier, later in itertools.pairwise(sent))


def test_other_hosts_of_arxiv_share_its_budget(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, arxiv_delay=0.0))

    async def both() -> tuple[float, float]:
        return await turn(pace), await turn(pace, "https://export.arxiv.org/api")

    first, second = asyncio.run(both())
    assert second - first >= 0.098


SENDER = """
import asyncio, sys
from pathlib import Path
from crawler.configuration import CrawlSettings
from crawler.pace import Pace
pace = Pace(CrawlSettings.load(pace_folder=Path(sys.argv[1]), arxiv_delay=0.15, arxiv_services_delay=0.05))
async def main():
    while True:
        async with pace.turn("https://arxiv.org/x", lambda: True) as held:
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

    async def refused(asked: float | None) -> float:
        async with pace.turn(ARXIV, lambda: True) as held:
            wait = pace.refused(held, asked)
            for found in held:  # the next turn need not wait for real
                state = found.state
                state.next = 0.0
                found.write(state)
            return wait

    assert [asyncio.run(refused(None)) for _ in range(3)] == [10.0, 20.0, 40.0]
    assert asyncio.run(refused(300.0)) == 300.0

    async def answered() -> None:
        async with pace.turn(ARXIV, lambda: True) as held:
            pace.fared_well(held)

    asyncio.run(answered())
    assert asyncio.run(refused(None)) == 10.0


def test_a_longer_wait_than_a_run_may_last(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, longest_wait=60.0))

    async def refused() -> None:
        async with pace.turn(ARXIV, lambda: True) as held:
            pace.refused(held, 7200.0)

    asyncio.run(refused())
    with pytest.raises(SiteStopped, match="asks to wait another 2 h"):
        asyncio.run(turn(Pace(settings(tmp_path, longest_wait=60.0))))


def test_a_denial_stops_the_site_for_every_process(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path))

    async def denied() -> None:
        async with pace.turn(ARXIV, lambda: True) as held:
            pace.denied(held)

    asyncio.run(denied())
    with pytest.raises(SiteStopped, match="denied access"):
        asyncio.run(turn(Pace(settings(tmp_path))))
    assert asyncio.run(turn(Pace(settings(tmp_path)), "https://huggingface.co/x"))


def test_a_stop_ends_the_wait_at_once(tmp_path: Path) -> None:
    pace = Pace(settings(tmp_path, arxiv_delay=60.0))
    asyncio.run(turn(pace))
    started = time.monotonic()
    wanted = iter([True, True, True])

    async def interrupted() -> None:
        async with pace.turn(ARXIV, lambda: next(wanted, False)):
            raise AssertionError("was sent")

    with pytest.raises(IgnoreRequest):
        asyncio.run(interrupted())
    assert time.monotonic() - started < 10


def test_retry_after() -> None:
    assert retry_after(b"120", 0.0) == 120.0
    assert retry_after(b"Fri, 20 Nov 2026 08:00:10 GMT", 1795161600.0) == pytest.approx(10.0, abs=1)
    assert retry_after(b"Fri, 20 Nov 2020 08:00:10 GMT", time.time()) == 0.0
    assert retry_after(b"soon", 0.0) is None
    assert retry_after(None, 0.0) is None


def test_the_files_are_everybodys(tmp_path: Path) -> None:
    asyncio.run(turn(Pace(settings(tmp_path))))
    folder = tmp_path / "pace"
    assert folder.stat().st_mode & 0o777 == 0o777
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o666 == 0o666
        assert json.loads(file.read_text())["failures"] == 0
    assert os.access(folder, os.W_OK)
