"""What is fine and what is not: one judgement, and everywhere the same is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from prometheus_client.parser import text_string_to_metric_families

from delivery.settings import PageSettings
from indexer.engine import IndexState
from indexer.engines import open_engine
from indexer.lag import IndexLag, Relation
from indexer.update import update
from operate import metrics
from operate.facts import Facts
from operate.judge import NAMES, Finding, judge
from papers.catalogue import Catalogue
from papers.coverage import CoverageState, DayCoverage, Subject
from papers.paper import Attempt, AttemptOutcome
from papers.runs import RunOutcome, RunRecord, StepRecord
from search_ui.app import application
from tests.cli.test_cli import paperglot
from tests.making import AT, page, sighting

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
STATE = IndexState(generation="g", epoch="e", stamp="s", cursor=9, documents=100)
CL = Subject("arxiv-listing", "cs.CL")


def facts(**changes: Any) -> Facts:
    """Facts of an installation on which all is fine."""
    usual: dict[str, Any] = {
        "now": NOW, "folder": Path("/data"), "papers": 100, "damage": None,
        "index": IndexLag(STATE, 0, None, Relation.SAME), "days": (), "earlier": (), "left_out": 0, "runs": (),
        "going_on": False, "late": {}, "translations": {}, "backlog": {"zh": 0}, "disk_free": 1 << 40, "size": 1 << 20,
        "key_expires": None,
    }  # fmt: skip
    return Facts(**(usual | changes))


def run(outcome: RunOutcome = RunOutcome.OK, job: str = "daily", reason: str | None = None, **counts: int) -> RunRecord:
    step = StepRecord(name="crawl", began=NOW, ended=NOW, outcome=outcome, reason=reason, counts=counts)
    return RunRecord(number=1, job=job, due=NOW, made_up=0, attempt=1, began=NOW, ended=NOW, outcome=outcome,
                     version="1", steps=(step,))  # fmt: skip


def day(on: date, state: CoverageState = CoverageState.COMPLETE, got: int = 100, **fields: Any) -> DayCoverage:
    return DayCoverage(subject=CL, day=on, state=state, got=got, **fields)


def thursdays(*counts: int) -> tuple[DayCoverage, ...]:
    """Complete days of the last Thursdays, the last one last."""
    return tuple(
        day(NOW.date() - timedelta(weeks=len(counts) - 1 - number), got=count) for number, count in enumerate(counts)
    )


SAME = IndexLag(STATE, 0, None, Relation.SAME)
BEHIND = IndexLag(STATE, 7, None, Relation.SAME)
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("catalogue_damaged", {"damage": "page 7"}, "put a backup in its place"),
    ("index_missing", {"index": IndexLag(None, 100)}, "run 'paperglot index'"),
    ("index_unusable", {"index": IndexLag(STATE, 100, "The index was made from another catalogue.", Relation.FOREIGN)},
     "from another catalogue"),
    ("index_former", {"index": replace(SAME, is_former=True)}, "by the version before"),
    ("index_behind", {"index": BEHIND}, "7 papers behind"),
    ("index_behind", {"index": BEHIND, "runs": (run(papers_new=3, papers_changed=3),)}, "7 papers behind"),
    ("index_incomplete", {"papers": 101}, "not what the catalogue holds"),
    ("index_incomplete", {"index": replace(SAME, unfinished=STATE)}, "carries it on"),
    ("index_incomplete", {"index": replace(SAME, foreign=(STATE,))}, "left over"),
    ("days_missing", {"days": (day(date(2026, 11, 26), CoverageState.MISSING, 0),)}, "cs.CL of 2026-11-26 (missing)"),
    ("days_missing", {"days": (day(date(2026, 11, 24), CoverageState.PARTIAL, 3, reason="3 of 5"),)},
     "(partial, 3 of 5)"),
    ("papers_unusual", {"earlier": thursdays(100, 110, 90, 100, 20)},
     "has 20 papers where 100 are usual on a Thursday"),
    ("papers_unusual", {"earlier": thursdays(100, 110, 90, 100, 300)}, "has 300 papers"),
    ("records_left_out", {"left_out": 2}, "2 records"),
    ("run_late", {"late": {"daily": NOW - timedelta(hours=2)}}, "never began: is 'paperglot schedule' running?"),
    ("run_failed", {"runs": (run(RunOutcome.FAILED, reason="the disk is full."),)},
     "not successful. crawl: the disk is full."),
    ("run_failed", {"runs": (run(RunOutcome.KILLED, reason="killed"),)}, "was killed"),
    ("parse_errors", {"runs": (run(parse_errors=1),)}, "has the site changed?"),
    ("refusals", {"runs": (run(refusals=2),)}, "2 lists were refused"),
    ("translation_backlog", {"backlog": {"zh": 12}}, "12 papers have waited"),
    ("disk_low", {"disk_free": 1 << 20}, "has 1 MB left"),
    ("disk_low", {"disk_free": 2 << 30, "size": 3 << 30}, "needs 3,072 MB"),
    ("key_expires", {"key_expires": NOW + timedelta(days=13)}, "expires on 2026-12-09"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "sentence"), CASES, ids=[case[0] for case in CASES])
def test_what_is_not_fine(name: str, changes: dict[str, Any], sentence: str) -> None:
    (finding,) = judge(facts(**changes))
    assert finding.name == name and sentence in finding.sentence


def test_every_finding_has_a_case() -> None:
    assert {name for name, _, _ in CASES} == set(NAMES)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"index": BEHIND, "going_on": True},
        {"index": BEHIND, "runs": (run(papers_new=7),)},  # what one run brings
        {"days": (day(date(2026, 11, 26), CoverageState.PARTIAL, 3),)},  # arXiv may be late
        {"days": (day(date(2026, 11, 26), CoverageState.EMPTY, 0), day(date(2026, 11, 26), CoverageState.NOT_YET, 0))},
        {"earlier": thursdays(100, 110, 90, 20)},  # three weeks are nothing usual
        {"earlier": thursdays(100, 110, 90, 100, 51)},
        {"earlier": (*thursdays(100, 100, 100, 100, 100), day(date(2026, 11, 27), CoverageState.PARTIAL, 3))},
        {"late": {"daily": NOW - timedelta(minutes=30)}},
        {"runs": (run(), run(RunOutcome.FAILED, reason="of before"))},
        {"runs": (run(RunOutcome.STOPPED), run(RunOutcome.INCOMPLETE, job="other"))},
        {"key_expires": NOW + timedelta(days=15)},
    ],
)
def test_what_is_fine(changes: dict[str, Any]) -> None:
    assert judge(facts(**changes)) == []


def test_the_gauges_say_the_same() -> None:
    for changes in ({}, *(changes for _, changes, _ in CASES)):
        findings = judge(facts(**changes))
        samples = {
            (sample.name, sample.labels.get("name", "")): sample.value
            for family in text_string_to_metric_families(metrics.text(facts(**changes)).decode())
            for sample in family.samples
        }
        assert samples["paperglot_fine", ""] == (0 if findings else 1)
        assert {name for name in NAMES if samples["paperglot_findings", name]} == {finding.name for finding in findings}


# Where it is shown


def kept(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        update(catalogue, open_engine(folder))


def shown(client: TestClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/api/v1/runs").json()
    return answer


def break_index(folder: Path) -> None:
    generation = (folder / "index" / "current").read_text().strip()
    (folder / "index" / generation / "meta.json").unlink()


@pytest.mark.parametrize(
    ("breaks", "name", "ready"),
    [
        (lambda folder: None, "", True),
        (break_index, "index_unusable", False),
        (lambda folder: (folder / "index" / "current").unlink(), "index_missing", False),
    ],
)
def test_the_same_is_said_everywhere(
    breaks: Callable[[Path], Any], name: str, ready: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Days are another matter, and depend on the day of the test.
    monkeypatch.setattr("operate.judge._of_days", lambda facts: iter(()))
    kept(folder)
    breaks(folder)
    client = TestClient(application(open_engine(folder), PageSettings(), folder))
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == ((200, True) if ready else (503, False))
    report = shown(client)
    assert report["fine"] is (name == "") and {finding["name"] for finding in report["findings"]} == {name} - {""}
    text = client.get("/runs").text
    assert ("All is fine." in text) is (name == "")
    for finding in report["findings"]:
        assert str(escape(finding["sentence"])) in text
        assert answer.json()["sentence"] == finding["sentence"] or name == "index_missing"
    assert f"paperglot_fine {1.0 if name == '' else 0.0}" in client.get("/metrics").text


def test_readiness_is_about_searches_alone(folder: Path) -> None:
    """Never for a late run, missing days, a backlog, the disk or a key."""
    kept(folder)
    with Catalogue(folder, write=True) as catalogue:
        number = catalogue.runs.begin("daily", AT, "1", due=AT, made_up=0, attempt=3)
        catalogue.runs.end(number, AT, RunOutcome.FAILED)
        for category in ("cs.CL", "math.NT"):
            listing = page(sighting(listing=category)).listing
            assert listing
            catalogue.note(Attempt(listing=listing, at=AT, outcome=AttemptOutcome.REFUSED))
    client = TestClient(application(open_engine(folder), PageSettings(), folder))
    assert shown(client)["fine"] is False and client.get("/readyz").status_code == 200


def test_a_page_without_the_catalogue(folder: Path) -> None:
    kept(folder)
    client = TestClient(application(open_engine(folder), PageSettings(), None))
    assert "paperglot_index_papers 1.0" in client.get("/metrics").text
    assert "another machine" in client.get("/runs").text and client.get("/api/v1/runs").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_status_check_is_for_monitors(folder: Path) -> None:
    kept(folder)
    (folder / "index" / "current").unlink()
    process = paperglot("status", "--check")
    assert process.returncode == 1 and "There is no index yet: run 'paperglot index'." in process.stdout
    findings = orjson.loads(paperglot("status", "--json").stdout)["findings"]
    assert [Finding(**finding).sentence for finding in findings] == process.stdout.strip().splitlines()
