"""The page that says what each day has."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient

from crawler.followed import LOOKS
from delivery.messages import LANGUAGES, Messages
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.coverage import CoverageState
from search_ui.app import application
from tests.making import AT, sighting
from tests.making import page as kept_page


def test_days_and_reasons(followed: TestClient) -> None:
    text = followed.get("/coverage").text
    assert '<a href="/?category=cs.CL&amp;from=2026-11-20&amp;until=2026-11-20">1 of 3</a>' in text
    assert '<td class="fault">refused</td>' in text
    assert "answered &lt;b&gt;429&lt;/b&gt;" in text
    assert text.count("<tr>") == 2  # a heading, and the one day that was followed
    assert "Fri 20 Nov" in text


def test_it_speaks_both_languages(followed: TestClient) -> None:
    text = followed.get("/coverage", headers={"accept-language": "zh"}).text
    assert "收录情况" in text and "11月20日 周五" in text and "1 / 3" in text and "被拒绝" in text


def test_every_state_has_a_look_and_words() -> None:
    for state in CoverageState:
        assert state in LOOKS
        for language in LANGUAGES if state is not CoverageState.NOT_ASKED else ():
            assert Messages(language)(f"state_{state.value}")


def test_a_page_that_was_started_before_the_first_crawl(tmp_path: Path) -> None:
    with TestClient(application(open_engine(tmp_path), PageSettings(), tmp_path)) as page:
        assert "on another machine" in page.get("/coverage").text
        with Catalogue(tmp_path, write=True) as catalogue:
            catalogue.keep(kept_page(sighting()), AT)
        assert "on another machine" not in page.get("/coverage").text + page.get("/runs").text


def test_where_the_catalogue_is_elsewhere(client: TestClient) -> None:
    answer = client.get("/coverage")
    assert answer.status_code == 200 and "The catalogue is on another machine" in answer.text


def test_every_page_leads_there(client: TestClient) -> None:
    assert re.search(r'<a href="/coverage">Coverage</a>', client.get("/").text)
