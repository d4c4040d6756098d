"""Whole crawls against a stand-in that misbehaves: none ends in 0 after something was missed."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from papers import store
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from replica.faults import Fault
from replica.server import Replica
from tests.conftest import TODAY
from tests.processes import BIN, ROOT, crawl, paperglot_at, scrapy, wait_until

Start = Callable[..., Replica]
DAY = TODAY.isoformat()


def outcomes(folder: Path) -> list[tuple[str, AttemptOutcome]]:
    with Catalogue(folder) as catalogue:
        return [(attempt.listing.name, attempt.outcome) for attempt in catalogue.attempts()]


def ids(folder: Path) -> set[str]:
    with Catalogue(folder) as catalogue:
        return {paper.id for paper in catalogue.papers()}


# Each spider: the addresses that it asks for, and arguments for one listing.
SPIDERS = {
    "arxiv_abs": ("/abs/", {"ids": "2611.00020"}),
    "arxiv_catchup": ("/catchup/", {"categories": "cs.CL", "date": DAY}),
    "arxiv_html": ("/html/", {"ids": "2611.00020"}),
    "arxiv_month": (r"/list/.*/\d", {"categories": "cs.CL"}),
    "arxiv_new": ("/list/.*/new", {"categories": "cs.CL", "date": DAY}),
    "arxiv_oai": ("/oai", {"sets": "cs.CL"}),
    "arxiv_recent": ("/list/.*/recent", {"categories": "cs.CL"}),
    "arxiv_rss": ("/rss/", {"categories": "cs.CL"}),
    "huggingface_daily": ("/api/|/papers/", {"date": DAY}),
    "huggingface_trending": ("/api/|/papers/", {}),
}
EACH_SPIDER = """
import sys, json
from datetime import datetime
from pathlib import Path
import papers.calendar
papers.calendar.utc_now = lambda: datetime.fromisoformat(f"{sys.argv[2]}T14:00:00+00:00")
from crawler.plan import Run
from crawler.report import RunReport
from crawler.run import run
runs = [Run(name, arguments) for name, arguments in json.loads(sys.argv[3]).items()]
reports = run(runs, Path(sys.argv[1]), quiet=True)
print(json.dumps([[r.spider, RunReport((r,)).exit_code, [a.reason for a in r.attempts]] for r in reports]))
"""


def test_every_spider_is_here() -> None:
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings")
    assert set(SPIDERS) == set(SpiderLoader(settings).list())


@pytest.mark.slow
@pytest.mark.parametrize("status", [301, 401, 403, 404, 406, 410, 429, 500, 503, 520])
def test_every_class_of_status_through_every_spider(
    status: int, replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replica(today=TODAY)
    monkeypatch.setenv("PAPERGLOT_CRAWL_BACKOFF", "0.00001")  # it doubles with each refusal, and there are dozens
    for path, _ in SPIDERS.values():
        stand_in.faults.append(Fault(path, status=status, body=b"no", times=999))
    command = [
        sys.executable,
        "-c",
        EACH_SPIDER,
        str(folder),
        DAY,
        json.dumps({name: arguments for name, (_, arguments) in SPIDERS.items()}),
    ]
    process = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120)
    assert process.returncode == 0, process.stderr
    results = json.loads(process.stdout.splitlines()[-1])
    assert [(name, code) for name, code, _ in results] == [(name, 1) for name in SPIDERS]
    for name, _, reasons in results:
        assert len(reasons) == 1 and (str(status) in reasons[0] or "denied access" in reasons[0]), (name, reasons)
    with Catalogue(folder) as catalogue:
        assert len(catalogue.attempts()) == len(SPIDERS)
    assert "Traceback" not in process.stderr


CHALLENGE = b"<html>Just a moment<script src=/cdn-cgi/challenge-platform></script></html>"


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (Fault("/list/", body=CHALLENGE, times=9), 1,
         "a script challenge"),
        (Fault("/list/", status=302, headers={"Location": "/list/cs.CL/new?again"}, body=b"", times=99), 1,
         "max redirections reached"),
        (Fault("/list/", status=302, headers={"Location": "http://127.0.0.2:9/list/cs.CL/new"}, body=b"", times=9), 1,
         "not a host of this site in the settings"),
        (Fault("/list/", headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8bjunk", times=9), 1, "did not answer"),
        (Fault("/robots.txt", body=b"User-agent: *\nDisallow: /list\n", times=9), 1, "forbids it"),
        (Fault("/robots.txt", status=503, body=b"", times=99), 1, "could not be had"),
    ],
    ids=["challenge", "redirects without end", "redirect to elsewhere", "broken gzip", "forbidden", "no robots.txt"],
)  # fmt: skip
def test_a_listing_without_a_page_is_a_failure_that_is_named(
    fault: Fault, code: int, reason: str, replica: Start, folder: Path
) -> None:
    replica().faults.append(fault)
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == code
    assert "Traceback" not in process.stderr
    with Catalogue(folder) as catalogue:
        (attempt,) = catalogue.attempts()
    assert attempt.reason and reason in attempt.reason
    assert f"cs.CL of {DAY}: {attempt.outcome.value}, {attempt.reason}." in process.stderr


def test_a_page_that_does_not_say_its_day_is_not_read(replica: Start, folder: Path) -> None:
    stand_in = replica()
    body = stand_in.respond("arxiv", "/list/cs.CL/new").body.encode().replace(b"2026", b"9999")
    stand_in.faults.append(Fault("/list/", body=body, times=9))
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 1 and "Traceback" not in process.stderr
    assert "not readable, the page does not say of which day it is" in process.stderr


def cut_page(stand_in: Replica, category: str = "cs.CL") -> bytes:
    """The list page without its last third, as a connection that breaks leaves it."""
    body = stand_in.respond("arxiv", f"/list/{category}/new").body.encode()
    return body[: len(body) * 2 // 3]


def test_a_short_page_is_asked_for_once_more(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/", body=cut_page(stand_in)))
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0
    assert stand_in.pages_asked() == ["/list/cs.CL/new"] * 2
    assert outcomes(folder) == [("new", AttemptOutcome.COMPLETE)]


@pytest.mark.slow
def test_a_page_that_stays_short_is_partial(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/", body=cut_page(stand_in), times=9))
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 3
    # Twice from its beginning and twice from where it broke off, which brings the same page.
    assert len(stand_in.pages_asked()) == 4
    assert outcomes(folder) == [("new", AttemptOutcome.PARTIAL)]
    assert "partial" in process.stderr and ids(folder)
    stand_in.faults.clear()
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0


def test_a_page_that_broke_off_is_gone_on_with_where_it_did(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/", body=cut_page(stand_in), times=2))
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0
    assert [path.partition("?")[2] != "" for path in stand_in.pages_asked()] == [False, False, True]
    assert outcomes(folder) == [("new", AttemptOutcome.COMPLETE)]


@pytest.mark.slow
def test_the_page_that_came_first_is_kept_where_the_second_look_fails(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/", body=cut_page(stand_in)))
    stand_in.faults.append(Fault("/list/", status=404, body=b"no", times=9))
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 1
    assert outcomes(folder) == [("new", AttemptOutcome.REFUSED)] and ids(folder)
    stand_in.faults.clear()
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0
    assert outcomes(folder)[-1] == ("new", AttemptOutcome.COMPLETE)


def test_a_listing_that_ignores_where_it_was_to_begin_ends(
    replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replica(papers_a_day=120)
    monkeypatch.setenv("PAPERGLOT_CRAWL_LISTING_SIZE", "25")
    first = stand_in.respond("arxiv", "/list/cs/new?skip=0&show=25").body.encode()
    stand_in.faults.append(Fault("/list/", body=first, times=99))
    process = crawl("arxiv_new", categories="cs", date=DAY)
    assert process.returncode == 3
    assert len(stand_in.pages_asked()) == 2
    assert "the page repeats the ones before it" in process.stderr


def test_a_last_page_that_repeats_the_first_is_not_the_rest(
    replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replica(papers_a_day=40)
    monkeypatch.setenv("PAPERGLOT_CRAWL_LISTING_SIZE", "25")
    first = stand_in.respond("arxiv", "/list/cs/new?skip=0&show=25").body
    last = re.sub(r"\[(\d+)\]", lambda item: f"[{int(item[1]) + 25}]", first)
    stand_in.faults.append(Fault("skip=25", body=last.encode(), times=99))
    process = crawl("arxiv_new", categories="cs", date=DAY)
    assert process.returncode == 3
    assert "the page repeats the ones before it" in process.stderr


def test_an_entry_that_is_listed_twice_counts_once(replica: Start, folder: Path) -> None:
    stand_in = replica(papers_a_day=40)
    page = stand_in.respond("arxiv", "/list/cs.CL/new").body
    entries = re.findall(r"<dt>.*?</dd>", page, re.DOTALL)
    stand_in.faults.append(Fault("/list/", body=page.replace(entries[1], entries[0]).encode(), times=99))
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 3
    assert f"{len(entries) - 1} of {len(entries)}" in process.stderr


def test_the_list_of_another_category_is_not_the_one_asked_for(replica: Start, folder: Path) -> None:
    stand_in = replica(papers_a_day=40)
    stand_in.faults.append(Fault("/list/cs.CL/", 301, {"Location": "/list/cs.LG/new"}, times=99))
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 1
    assert "the page is the list of cs.LG" in process.stderr


def test_hugging_face_answering_with_another_day_is_stale(replica: Start, folder: Path) -> None:
    stand_in = replica(papers_a_day=40)
    body = stand_in.respond("huggingface", "/api/daily_papers?date=2026-11-19&limit=100").body.encode()
    stand_in.faults.append(Fault("/api/", body=body, times=99))
    assert crawl("huggingface_daily", date=DAY).returncode == 3
    assert outcomes(folder)[-1] == ("daily", AttemptOutcome.STALE)


def test_pages_of_hugging_face_that_repeat_end(replica: Start, folder: Path) -> None:
    stand_in = replica(papers_a_day=500)
    first = stand_in.respond("huggingface", f"/api/daily_papers?date={DAY}&limit=100").body.encode()
    stand_in.faults.append(Fault("/api/", body=first, times=99))
    assert crawl("huggingface_daily", date=DAY).returncode == 3
    assert len(stand_in.pages_asked()) == 2


def test_one_odd_record_costs_nothing_but_itself(replica: Start, folder: Path) -> None:
    stand_in = replica()
    entries = json.loads(stand_in.respond("huggingface", f"/api/daily_papers?date={DAY}").body)
    entries[1]["paper"]["title"] = entries[1]["title"] = None
    entries[2]["paper"]["upvotes"] = -1
    entries[3]["paper"]["upvotes"] = 10**30
    entries[4]["paper"]["publishedAt"] = "0001-01-01T00:00:00Z"
    stand_in.faults.append(Fault("/api/", body=json.dumps(entries).encode(), times=9))
    process = crawl("huggingface_daily", date=DAY)
    assert process.returncode == 3, process.stderr
    odd = entries[1]["paper"]["id"]
    assert odd not in ids(folder) and len(ids(folder)) == len(entries) - 1
    assert f"{odd} could not be read: it has no title" in process.stderr
    assert "the number of upvotes -1 was left out" in process.stderr
    assert "sightings=" not in process.stderr and max(map(len, process.stderr.splitlines())) < 2000
    status = subprocess.run([str(BIN / "paperglot"), "status"], env=os.environ, capture_output=True, text=True)
    assert "Left out      1 records" in status.stdout and "up to date" in status.stdout


def test_a_stop_in_the_terminal_shows_no_traceback(replica: Start, folder: Path) -> None:
    """Ctrl-C reaches the whole process group; the workers have a session of their own."""
    stand_in = replica(delay=0.4)
    command = [str(BIN / "paperglot"), "crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG,cs.CV", "-a", f"date={DAY}"]
    process = subprocess.Popen(command, env=os.environ, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_until(lambda: len(stand_in.pages_asked()) >= 2, process)
    os.killpg(process.pid, 2)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr and "KeyboardInterrupt" not in stderr


@pytest.mark.slow
def test_two_at_once_ask_once(replica: Start, folder: Path) -> None:
    """The second leaves, or waits for the end of the first and finds that all is there."""
    stand_in = replica(delay=0.3)
    stand_in.faults.append(Fault("/list/", delay=10.0))  # long enough for the others to begin
    command = [str(BIN / "paperglot"), "crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG", "-a", f"date={DAY}"]
    first = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until((folder / "crawl.lock").exists, first)
    waiting = subprocess.Popen(
        [*command, "--wait"], env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    second = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=60)
    assert second.returncode == 3 and "is going on: .paperglot crawl" in second.stderr.replace("'", ".")
    shown, stderr = waiting.communicate(timeout=120)
    assert first.wait(timeout=60) == 0
    assert waiting.returncode == 0 and "Waiting for its end" in stderr
    assert "2 complete already" in shown
    assert sorted(stand_in.pages_asked()) == ["/list/cs.CL/new", "/list/cs.LG/new"]


def test_a_pace_folder_of_another_user_is_said(replica: Start, folder: Path, tmp_path: Path) -> None:
    stand_in = replica()
    pace = tmp_path / "pace"
    pace.mkdir()
    pace.chmod(0o777)
    process = subprocess.run(
        [str(BIN / "paperglot"), "crawl", "arxiv_new"], env=os.environ, capture_output=True, text=True, timeout=60
    )
    assert process.returncode == 2
    assert process.stderr.startswith(f"paperglot: The pace folder {pace} lets others replace its files")
    assert stand_in.requests == []


@pytest.mark.slow
def test_a_week_with_everything_that_goes_wrong(replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thanksgiving's week: a stale day, a short list, two refusals, a holiday; cron runs once a day."""
    stand_in = replica(papers_a_day=80)
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL,cs.LG")
    monkeypatch.setenv("PAPERGLOT_CRAWL_BACKOFF", "0.00001")

    def crawled(day: int) -> tuple[int, str]:
        process = paperglot_at(f"2026-11-{day}T14:15:00+00:00", "crawl")
        stand_in.faults.clear()
        assert "Traceback" not in process.stderr, process.stderr
        return process.returncode, process.stdout

    stand_in.today = date(2026, 11, 23)
    assert crawled(23)[0] == 0
    # Tuesday: everything still shows Monday.
    code, text = crawled(24)
    assert code == 3 and "cs.CL of 2026-11-24: stale, the list shows 2026-11-23." in text
    # Wednesday: a list and the catch-up page of that day are cut short. Tuesday is made up for.
    stand_in.today = date(2026, 11, 25)
    short = cut_page(stand_in, "cs.LG")
    stand_in.faults += [
        Fault("/list/cs.LG", body=short, times=9),
        Fault("/catchup/cs.LG/2026-11-25", body=short, times=9),
    ]
    code, text = crawled(25)
    assert code == 3 and "cs.LG of 2026-11-25: partial" in text and "of 2026-11-24" not in text.split("Listings:")[1]
    # Thursday, a holiday whose list is there: both sites refuse.
    stand_in.today = date(2026, 11, 26)
    stand_in.faults += [Fault("/list/|/catchup/", status=429, body=b"", times=999),
                        Fault("/api/|/papers/", status=429, body=b"", times=999)]  # fmt: skip
    code, text = crawled(26)
    assert code == 1
    assert "cs.CL of 2026-11-26: refused, answered 429 Too Many Requests." in text
    assert "Hugging Face daily papers of 2026-11-26: refused, answered 429 Too Many Requests." in text
    # Friday has no list; what is missing comes.
    stand_in.today = date(2026, 11, 27)
    code, text = crawled(27)
    assert code == 0, text
    assert paperglot_at("2026-11-28T14:15:00+00:00", "crawl").returncode == 0

    world = stand_in.world
    days = [date(2026, 11, day) for day in (23, 24, 25, 26)]
    listed = [
        p
        for day in days
        for p in (*world.announced(day), *world.replaced(day))
        if {"cs.CL", "cs.LG"} & set(p.categories)
    ]
    featured = [p for day in [date(2026, 11, 20), *days] for p in world.featured(day)]
    trending = [p for day in days for p in world.trending(day)]
    assert {paper.id for paper in listed} <= ids(folder) <= {paper.id for paper in (*listed, *featured, *trending)}
    assert {paper.id for day in days for paper in world.featured(day)} <= ids(folder)
    shown = json.loads(paperglot_at("2026-11-28T15:00:00+00:00", "coverage", "--json").stdout)
    states = {(row["category"], row["day"]): row["state"] for row in shown}
    for day in days:
        for category in ("cs.CL", "cs.LG", None):
            assert states[category, day.isoformat()] == "complete", (category, day)
    assert ("cs.CL", "2026-11-27") not in states
    request_count = len(stand_in.requests)
    assert paperglot_at("2026-11-28T20:00:00+00:00", "crawl").returncode == 0
    assert len(stand_in.requests) == request_count


@pytest.mark.slow
def test_days_that_nobody_asked_for_are_said_and_closed(
    replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crawl on the 16th, then nothing until the 20th: the days between come with the next ordinary crawl."""
    stand_in = replica(today=date(2026, 11, 16))
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL")
    assert paperglot_at("2026-11-16T14:15:00+00:00", "crawl", "arxiv_new").returncode == 0
    stand_in.today = TODAY
    only_today = paperglot_at("2026-11-20T14:15:00+00:00", "crawl", "arxiv_new")
    assert "Missing of the last days: 2026-11-19 (cs.CL); 2026-11-18 (cs.CL); 2026-11-17 (cs.CL)." in only_today.stdout
    status = paperglot_at("2026-11-20T14:15:00+00:00", "status").stdout
    assert "Missing       2026-11-18 cs.CL" in status
    assert paperglot_at("2026-11-20T14:15:00+00:00", "coverage").returncode == 3
    repaired = paperglot_at("2026-11-20T14:15:00+00:00", "coverage", "--repair", "--days", "5")
    assert repaired.returncode == 0, repaired.stdout
    assert [path for path in stand_in.pages_asked("arxiv") if path.startswith("/catchup")] == [
        f"/catchup/cs.CL/2026-11-{day}?abs=True&page=1" for day in (19, 18, 17)
    ]
    assert paperglot_at("2026-11-20T14:15:00+00:00", "coverage", "--days", "5").returncode == 0


def exported(kind: str, path: Path) -> list[dict[str, str]]:
    match kind:
        case "jsonl":
            return [json.loads(line) for line in path.read_text().splitlines()]
        case "json":
            return list(json.loads(path.read_text()))
        case "csv":
            with path.open(newline="") as file:
                return list(csv.DictReader(file))
        case _:
            return [{field.tag: field.text or "" for field in item} for item in ElementTree.parse(path).getroot()]


def test_a_year_whose_holidays_nobody_knows(replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is expected of its days, and yet they are asked for."""
    replica(today=date(2099, 1, 6))
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL")
    process = paperglot_at("2099-01-06T14:15:00+00:00", "crawl")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "holidays" in process.stdout
    assert ("new", AttemptOutcome.COMPLETE) in outcomes(folder)
    again = paperglot_at("2099-01-06T15:15:00+00:00", "crawl")
    assert again.returncode == 0, again.stdout + again.stderr


def test_the_first_crawl_after_an_update_brings_the_catalogue_along(
    replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica()
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL")
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / store.FILE) as connection:
        connection.executescript(store.migrations()[0].read_text("utf-8") + "; PRAGMA user_version = 1;")
    connection.close()
    process = paperglot_at("2026-11-20T14:15:00+00:00", "crawl", "arxiv_new")
    assert process.returncode == 0, process.stdout + process.stderr


def test_a_lost_catalogue_is_said_before_anything_is_asked(replica: Start, folder: Path) -> None:
    stand_in = replica()
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0
    page_count = len(stand_in.pages_asked())
    for file in folder.glob("catalogue*"):
        file.unlink()
    for process in (
        crawl("arxiv_new", categories="cs.CL", date=DAY),
        paperglot_at("2026-11-20T14:15:00+00:00", "crawl"),
    ):
        assert (
            process.returncode == 1
            and "put a backup of catalogue.sqlite in its place" in process.stdout + process.stderr
        )
        assert "Traceback" not in process.stderr
    assert len(stand_in.pages_asked()) == page_count


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-O", "s3://bucket/x.jsonl"), "cannot be written: name a file"),
        (("-O", "/dev/null/x.jsonl"), "its folder is not one, or is read-only"),
        (("-o", "OLD.json"), "a json file has an end. Replace it with -O, or use jsonl"),
    ],
)
def test_a_file_that_could_not_be_written_is_said_first(
    arguments: tuple[str, str], sentence: str, replica: Start, tmp_path: Path
) -> None:
    stand_in = replica()
    (tmp_path / "OLD.json").write_text("[]")
    option, name = arguments
    process = scrapy("crawl", "arxiv_new", option, name.replace("OLD", str(tmp_path / "OLD")))
    assert process.returncode == 2, process.stderr
    assert re.search(sentence, process.stderr) and "Traceback" not in process.stderr
    assert stand_in.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "xml"])
def test_one_paper_a_row(kind: str, replica: Start, folder: Path, tmp_path: Path) -> None:
    stand_in = replica()
    path = tmp_path / f"papers.{kind}"
    arguments = ("crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG", "-a", f"date={DAY}", "-O", str(path))
    process = scrapy(*arguments)
    assert process.returncode == 0, process.stderr
    rows = exported(kind, path)
    assert {row["id"] for row in rows} == ids(folder)
    assert len(rows) > len(ids(folder)), "a cross-listed paper comes once a list"
    assert "once for each list" in process.stderr
    world_paper = next(p for p in stand_in.world.announced(TODAY) if p.id == rows[0]["id"])
    assert rows[0]["title"] == world_paper.title[0] and rows[0]["day"] == DAY
    if kind == "csv":
        assert rows[0]["authors"] == "; ".join(world_paper.author_names)
    if kind != "jsonl":
        return  # what follows is the same for every format
    before = path.read_bytes()
    again = scrapy(*arguments)
    assert again.returncode == 0 and "was left as it was" in again.stderr
    assert path.read_bytes() == before
    shutil.rmtree(folder)
    stand_in.faults.append(Fault("/list/", status=404, body=b"no", times=99))
    assert scrapy(*arguments).returncode == 1
    assert path.read_bytes() == before
