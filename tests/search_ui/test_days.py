"""Days, weeks and months: steps, the calendar, and what a day without papers says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml.html import HtmlElement, fromstring

from delivery.settings import PageSettings
from indexer.engines import open_engine
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import document

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def days(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The page on the Tuesday after two days with papers, of which two were at Hugging Face."""
    for module in ("routes.search", "routes.days"):
        monkeypatch.setattr(f"search_ui.{module}.utc_now", lambda: NOW)
    engine = open_engine(folder)
    papers = [
        document("2611.00001", 1, title="First", day=FRIDAY, upvotes=3, featured=FRIDAY),
        document("2611.00002", 2, title="Second", day=FRIDAY, upvotes=9, featured=FRIDAY),
        document("2611.00003", 3, title="Third", day=MONDAY, featured=MONDAY, upvotes=1),
        document("2610.00004", 4, title="Old", announce_type="replace", day=date(2026, 11, 19)),
    ]
    fill(engine, papers)
    return TestClient(application(engine, PageSettings(), folder))


def tree(client: TestClient, address: str) -> HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200
    return fromstring(answer.text)


def steps(page: HtmlElement) -> dict[str, str]:
    return {" ".join(link.text_content().split()): link.get("href") for link in page.cssselect(".steps a")}


def test_from_the_front_page_to_the_day_before_and_back(days: TestClient) -> None:
    """Over the weekend, on which there is no list."""
    page = tree(days, "/")
    assert "Monday, 23 November 2026" in page.cssselect("h1")[0].text_content()
    before = steps(page)["‹ Previous"]
    assert before == "/?from=2026-11-20&until=2026-11-20"
    page = tree(days, before)
    assert "Friday, 20 November 2026" in page.cssselect("h1")[0].text_content()
    assert steps(page)["Next ›"] == "/?from=2026-11-23&until=2026-11-23"
    assert steps(page)["Week"] == "/?from=2026-11-16&until=2026-11-22"
    assert steps(page)["Month"] == "/?from=2026-11-01&until=2026-11-30"
    assert steps(page)["Calendar"] == "/days?month=2026-11"


def test_there_is_no_step_into_the_future(days: TestClient) -> None:
    assert "Next ›" not in steps(tree(days, "/?from=2026-11-24&until=2026-11-24"))
    assert "Next ›" not in steps(tree(days, "/?from=2026-11-01&until=2026-11-30"))


def test_the_front_page_has_bars_of_days_however_old_the_oldest_paper(folder: Path) -> None:
    engine = open_engine(folder)
    fill(engine, [document("2611.00001", 1, day=FRIDAY), document("0704.00002", 2, day=date(2007, 4, 2)),
                  document("2611.00003", 3, day=date(2026, 11, 12))])  # fmt: skip
    page = tree(TestClient(application(engine, PageSettings())), "/")
    titles = [bar.get("aria-label") for bar in page.cssselect("svg.histogram a")]
    assert titles == ["2026-11-12: 1 paper", "2026-11-20: 1 paper"]


def test_the_day_of_hugging_face_has_its_own_order(days: TestClient) -> None:
    assert days.get("/huggingface", follow_redirects=False).headers["location"] == "/?featured=2026-11-23"
    page = tree(days, "/?featured=2026-11-20")
    assert [h2.text_content().strip() for h2 in page.cssselect("#papers h2")] == ["Second", "First"]
    assert steps(page)["Next ›"] == "/?featured=2026-11-23"  # the weekend has none
    assert steps(page)["Week"] == "/?featured=2026-W47" and steps(page)["Month"] == "/?featured=2026-11"
    for address in (steps(page)["Week"], steps(page)["Month"]):
        assert len(tree(days, address).cssselect("#papers article")) == 2 + (address == "/?featured=2026-11")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/?from=2026-11-21&until=2026-11-21", "There is no announcement at the weekend."),
        ("/?from=2026-11-24&until=2026-11-24", "These papers are not announced yet."),
        ("/?from=2026-01-02&until=2026-01-02", "a holiday"),
        ("/?from=2026-11-12&until=2026-11-12", "No paper of these days is here."),
        ("/?featured=2026-11-19", "No paper of these days is here."),
        ("/?featured=2026-W30", "No paper of these days is here."),
    ],
)
def test_a_day_without_papers_says_why(
    address: str, sentence: str, days: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_ui.routes.search.utc_now", lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    note = tree(days, address).cssselect(".note")
    assert len(note) == 1 and sentence in note[0].text_content()


def test_a_day_that_is_not_complete_says_what_is_missing(followed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_ui.routes.search.utc_now", lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    followed.app.state.engine = _with_a_paper(followed.app.state.engine)  # type: ignore[attr-defined]
    notes = [note.text_content() for note in tree(followed, "/?from=2026-11-20&until=2026-11-20").cssselect(".note")]
    assert "cs.CL is not complete: 1 of 3 papers." in notes[0]
    assert "cs.LG" in notes[1] and "answered <b>429</b>" in notes[1]


def _with_a_paper(engine: object) -> object:
    fill(engine, [document("2611.00001", 1)])  # type: ignore[arg-type]
    return engine


def test_a_computed_day_is_told_from_an_announced_one(days: TestClient) -> None:
    page = tree(days, "/?q=first OR old")
    times = {time.text for time in page.cssselect(".facts time")}
    assert "2026-11-20" in times and any(text.startswith("≈ ") for text in times)


def test_the_calendar(days: TestClient) -> None:
    page = tree(days, "/days?month=2026-11")
    cells = {cell.cssselect("time")[0].get("datetime"): cell for cell in page.cssselect("td") if cell.cssselect("time")}
    assert len(cells) == 30
    assert cells["2026-11-20"].cssselect("b")[0].text == "2"
    assert cells["2026-11-20"].cssselect("a")[0].get("href") == "/?from=2026-11-20&until=2026-11-20"
    reasons = {day: cells[f"2026-11-{day}"].cssselect("small")[0].text for day in ("12", "21", "27", "30")}
    assert reasons == {"12": "none here", "21": "weekend", "27": "not yet", "30": "not yet"}
    assert steps(page) == {"‹ Previous": "/days?month=2026-10"}
    page = tree(days, "/days?month=2026-11&at=huggingface")
    assert [b.text for b in page.cssselect("td b")] == ["2", "1"]
    assert tree(days, "/days?month=nonsense").cssselect("h1")[0].text == "November 2026"


def test_papers_whose_month_alone_is_known(folder: Path) -> None:
    engine = open_engine(folder)
    fill(engine, [document("2611.00001", 1, announce_type="replace", day=FRIDAY)])
    page = tree(TestClient(application(engine, PageSettings())), "/?from=2026-11-01&until=2026-11-01")
    assert "only the month is known" in page.cssselect(".note")[0].text_content()
