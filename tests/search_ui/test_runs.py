"""The page that says how the last runs went."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from delivery.messages import LANGUAGES, Messages
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.runs import RunOutcome
from search_ui.app import application
from search_ui.routes.runs import COUNTS, LOOKS
from tests.making import AT, page, sighting

BEGAN = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)


@pytest.fixture
def client(folder: Path) -> TestClient:
    """A page on two runs: one by hand that brought papers, and a job that made up for others and failed at an index."""
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        runs = catalogue.runs
        by_hand = runs.begin("", BEGAN, "0.1.0", due=None, made_up=0, attempt=1)
        runs.begin_step(by_hand, "crawl", BEGAN)
        runs.tell("crawl", {"papers_new": 1234, "papers_changed": 0, "pages": 9})
        runs.end_step(by_hand, BEGAN + timedelta(seconds=90), RunOutcome.OK, 0, None)
        runs.end(by_hand, BEGAN + timedelta(seconds=90), RunOutcome.OK)
        later = BEGAN + timedelta(days=3)
        job = runs.begin("night", later, "0.1.0", due=later, made_up=2, attempt=3)
        runs.begin_step(job, "index", later)
        runs.end_step(job, later + timedelta(minutes=5), RunOutcome.FAILED, 1, "the disk is <full>")
        runs.end(job, later + timedelta(minutes=5), RunOutcome.FAILED)
    return TestClient(application(open_engine(folder), PageSettings(), folder))


def rows(client: TestClient, language: str) -> list[list[str]]:
    text = client.get("/runs", headers={"accept-language": language}).text
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")]
    return [[re.sub(r"<.*?>", "", cell).strip() for cell in row] for row in cells if row]


def test_runs_are_newest_first(client: TestClient) -> None:
    assert rows(client, "en") == [
        ["Mon 23 Nov 02:15", "night · made up for 2 · try 3", "failed", "5 min", ""],
        ["Fri 20 Nov 02:15", "by hand", "ok", "90 s", "1,234 new"],
    ]
    assert "index: the disk is &lt;full&gt;" in client.get("/runs").text
    assert '<td class="fault">failed</td>' in client.get("/runs").text


def test_it_speaks_both_languages(client: TestClient) -> None:
    failed, by_hand = rows(client, "zh")
    assert failed[2] == "失败" and by_hand[0] == "11月20日 周五 02:15" and by_hand[4].startswith("1,234 ")


def test_every_outcome_and_every_count_has_words() -> None:
    for language in LANGUAGES:
        messages = Messages(language)
        assert all(messages(f"run_{outcome.value}") for outcome in RunOutcome)
        assert all(messages(f"count_{name}") for name in COUNTS)
    assert set(LOOKS) == set(RunOutcome)
