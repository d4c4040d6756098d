"""Figures of papers: asked for by name, kept, and shown with their captions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from cli.index import update_index
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from replica.server import Replica
from search_ui.app import application
from tests.conftest import TODAY
from tests.processes import at

MOMENT = f"{TODAY}T14:15:00+00:00"
# With four figures, without an HTML version, and one that there is not.
FOUR, NONE, UNKNOWN = "2611.00024", "2611.00021", "2611.09999"


def crawl(ids: str) -> subprocess.CompletedProcess[str]:
    return at(MOMENT, "scrapy", "crawl", "arxiv_html", "-a", f"ids={ids}")


def test_figures_are_fetched_for_papers_that_were_named(replica: Callable[..., Replica], folder: Path) -> None:
    stand_in = replica(papers_a_day=60)
    assert crawl(f"{FOUR},{NONE}").returncode == 0
    assert stand_in.pages_asked() == [f"/html/{FOUR}", f"/html/{NONE}"]  # and no image
    with Catalogue(folder) as catalogue:
        paper = catalogue.get(FOUR)
        outcomes = {attempt.listing.name: attempt.outcome for attempt in catalogue.attempts()}
    assert paper and [figure.label for figure in paper.html_figures] == [f"Figure {n}" for n in (1, 2, 3, 4)]
    assert paper.title and paper.html_figures[0].caption == r"The error for $k\leq 4$ clocks."
    assert outcomes[NONE] is AttemptOutcome.EMPTY
    unknown = crawl(UNKNOWN)
    assert unknown.returncode == 1 and "answered 404 Not Found" in unknown.stderr + unknown.stdout

    update_index(folder)
    page = TestClient(application(open_engine(folder), PageSettings.load(), folder))
    text = page.get(f"/paper/{FOUR}").text
    assert f'href="https://arxiv.org/html/{FOUR}v1#S1.F1"' in text and "<math" in text.partition('id="figures"')[2]
    assert f'href="https://arxiv.org/html/{FOUR}v1/x1.png"' in text and "<img" not in text
    assert page.get(f"/api/v1/papers/{FOUR}").json()["html_figures"][2]["image"] == ""
